import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Is a program (by name) or a file (by absolute path) here that a test needs? Elsewhere than in CI a missing one is said
 * aloud and the test may skip; in CI (`CI=true`) nothing may be skipped, so it throws.
 *
 *     describe.skipIf(!needs('pg_dump', 'to make the dumps'))('…', () => { … });
 */
export function needs(programOrPath: string, why: string, env = process.env): boolean {
  const found = isAbsolute(programOrPath)
    ? existsSync(programOrPath)
    : (env['PATH'] ?? '')
        .split(delimiter)
        .some((folder) => folder !== '' && existsSync(join(folder, programOrPath)));
  if (found) return true;
  const message = `${programOrPath} is missing: needed ${why}`;
  if (env['CI'] === 'true') throw new Error(`${message}; in CI no test may be skipped (see .ci/run)`);
  process.stderr.write(`SKIPPING TESTS: ${message}\n`);
  return false;
}
