import { RehearsalError } from '../shared/errors.ts';
import { renderComment } from './comment.ts';
import type { Publication } from './publication.ts';
import type { Outside } from './surface.ts';
import { SURFACES, type SurfaceName } from './surfaces.ts';

/**
 * Tells a run in each of these places. Where the other side refuses, that is said, and the summary is written instead; the places
 * after it get theirs all the same.
 * @throws USAGE where the environment lacks what a place needs
 */
export async function publish(
  publication: Publication,
  names: readonly SurfaceName[],
  outside: Outside,
): Promise<void> {
  let refused = false;
  for (const name of names) {
    try {
      await SURFACES[name].publish(publication, outside);
    } catch (error) {
      if (!(error instanceof RehearsalError && error.code === 'PUBLISH_FAILED')) throw error;
      refused = true;
      outside.note(`${name}: ${error.message}`);
      if (error.hint !== undefined) outside.note(`hint: ${error.hint}`);
    }
  }
  if (refused && !names.includes('step-summary')) await insteadOfIt(publication, outside);
}

async function insteadOfIt(publication: Publication, outside: Outside): Promise<void> {
  if ((outside.env['GITHUB_STEP_SUMMARY'] ?? '') !== '')
    await SURFACES['step-summary'].publish(publication, outside);
  else outside.print(renderComment(publication).trimEnd());
}
