import type { Surface } from './surface.ts';
import { annotations } from './surfaces/annotations.ts';
import { codeQuality } from './surfaces/code-quality.ts';
import { githubPr } from './surfaces/github-pr.ts';
import { gitlabMr } from './surfaces/gitlab-mr.ts';
import { sarif } from './surfaces/sarif.ts';
import { stepSummary } from './surfaces/step-summary.ts';

/** By the name that `rehearse publish --to` takes. */
export const SURFACES = {
  'github-pr': githubPr,
  'gitlab-mr': gitlabMr,
  'step-summary': stepSummary,
  sarif,
  'code-quality': codeQuality,
  annotations,
} as const satisfies Record<string, Surface>;

export type SurfaceName = keyof typeof SURFACES;

export function isSurface(name: string): name is SurfaceName {
  return Object.hasOwn(SURFACES, name);
}
