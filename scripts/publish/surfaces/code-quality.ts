import type { Finding } from '../../checks/result/contract/result.ts';
import { fingerprints } from '../fingerprints.ts';
import { placeOf, type Publication } from '../publication.ts';
import type { Surface } from '../surface.ts';
import { toFile } from '../to-file.ts';

const SEVERITY: Readonly<Record<Finding['status'], string>> = {
  fail: 'critical',
  inconclusive: 'major',
  warn: 'minor',
};

export const codeQuality: Surface = {
  what: 'a code quality report of GitLab, as a file',
  publish: (publication, outside) =>
    toFile(
      outside,
      'gl-code-quality-report.json',
      `${JSON.stringify(codeQualityReport(publication), null, 2)}\n`,
    ),
};

/** An empty list where nothing was found: GitLab compares it with that of the target branch. */
export function codeQualityReport(publication: Publication) {
  const prints = fingerprints(publication);
  return publication.result.findings.map((finding, position) => {
    const { path, line } = placeOf(publication, finding);
    return {
      description: finding.message,
      check_name: finding.check,
      fingerprint: prints[position],
      severity: SEVERITY[finding.status],
      location: { path, lines: { begin: line } },
    };
  });
}
