import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { asError } from '../../scripts/shared/errors.ts';
import { openTracefs } from '../../scripts/tracing/tracefs.ts';
import { findEngine } from '../../infra/pulumi/engine/find-engine.ts';

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
  return missing(`${programOrPath} is missing: needed ${why}`, env);
}

/**
 * The same for Pulumi's engine with its language host. `npm test` has tried to get it before; why it could not is then in
 * REHEARSE_NO_ENGINE.
 *
 *     describe.skipIf(!(await needsEngine('to run pulumi up')))('…', () => { … });
 */
export async function needsEngine(why: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const told = env['REHEARSE_NO_ENGINE'];
  if (told !== undefined && told !== '') return missing(`${told}: needed ${why}`, env);
  const engine = await findEngine(env);
  if ('missing' in engine) return missing(`${engine.missing}: needed ${why} (${engine.remedy})`, env);
  if (engine.languageHost !== null) return true;
  return missing(`pulumi-language-nodejs is missing: needed ${why} (npm run setup)`, env);
}

/** The same for uprobes, which need root, tracefs and a kernel that has them. */
export async function needsUprobes(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  try {
    await (await openTracefs()).close();
    return true;
  } catch (error) {
    return missing(`${asError(error).message}: needed to trace lock waits`, env);
  }
}

function missing(message: string, env: NodeJS.ProcessEnv): false {
  if (env['CI'] === 'true') throw new Error(`${message}; in CI no test may be skipped (see .ci/run)`);
  process.stderr.write(`SKIPPING TESTS: ${message}\n`);
  return false;
}
