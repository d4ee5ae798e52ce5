import { findEngine } from '../../infra/pulumi/engine/find-engine.ts';
import { OWN_ROOT as ROOT } from '../shared/places/own-files.mjs';
import { errorLines } from '../cli/output/print-error.ts';
import { exitCodeFor, RehearsalError } from '../shared/errors.ts';
import { pulumiEnvironment } from './pulumi-variables.ts';
import { runInTerminal } from './run-in-terminal.ts';

/** These start plugins, so what is said about plugins matters to them. */
const RUNS_PLUGINS = ['up', 'update', 'preview', 'pre', 'refresh', 'destroy', 'down', 'dn', 'watch'];
/** These choose a backend, so none is chosen for them. */
const CHOOSES_BACKEND = ['login', 'logout'];

/** `npm run pulumi -- …`: the CLI that set-up found, in the project's folder. @returns its exit code */
export async function main(
  args: readonly string[],
  onParentEnd: (gone: () => void) => void,
): Promise<number> {
  const engine = await findEngine();
  if ('missing' in engine) {
    const error = new RehearsalError('ENGINE_NOT_FOUND', engine.missing, { hint: engine.remedy });
    for (const line of errorLines(error)) say(line);
    return exitCodeFor(error);
  }
  if (args.some((arg) => RUNS_PLUGINS.includes(arg))) {
    for (const note of engine.notes) say(`note: ${note}`);
  }
  const chooses = args.some((arg) => CHOOSES_BACKEND.includes(arg));
  const added = chooses ? engine.env : await pulumiEnvironment(engine, { root: ROOT, env: process.env });
  return runInTerminal(engine.pulumi.path, args, {
    cwd: ROOT,
    env: { ...process.env, ...added },
    onParentEnd,
  });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
