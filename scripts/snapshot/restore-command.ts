import { childEnvironment } from '../commands/child-environment.ts';
import { dotenvNear } from '../commands/dotenv-files.ts';
import { meetsServices } from '../commands/service-files.ts';
import type { Enclose } from '../commands/enclosure.ts';
import { refuseWithoutProgram } from '../commands/programs/without-program.ts';
import { Passage } from '../commands/passage.ts';
import { runShell, type ShellEnd } from '../commands/run-shell.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { RehearsalError } from '../shared/errors.ts';
import { keepPrivateWords, wroteWords } from '../shared/text/private-words.ts';
import { redact } from '../shared/text/redact.ts';

const LAST_LINES = 200;

interface SnapshotCommand {
  readonly command: string;
  /** The rehearsal's folder. */
  readonly dir: string;
  /** Names that the rehearsal takes from the environment, with their values. */
  readonly given: Readonly<Record<string, string>>;
  /** Undefined: it has the network of this process. */
  readonly enclose: Enclose | undefined;
}

/**
 * Lets a command fill the database. It runs by `sh -c` in the rehearsal's folder, and when the signal aborts, it is ended with
 * all that it started.
 * @throws RESTORE_FAILED; what it wrote may quote rows and stays private
 */
export async function restoreByCommand(
  snapshot: SnapshotCommand,
  endpoint: PgEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const { command, enclose } = snapshot;
  const passage = enclose && (await Passage.open(endpoint, { enclose, signal }));
  const way = passage ?? { endpoint, enclosure: undefined };
  const end = await runBy(way, snapshot, signal).finally(() => passage?.close());
  if (end.exitCode === 0) return;
  keepPrivateWords('snapshot command', end.lastLines.join('\n'));
  refuseWithoutProgram('snapshot.command', command, end);
  const said = end.lastLines.length === 0 ? '' : `; ${wroteWords()}`;
  const code = end.exitCode ?? end.endedBy ?? 'unknown';
  throw new RehearsalError('RESTORE_FAILED', `the snapshot command ended with exit code ${code}${said}`, {
    hint: `Run it by hand with DATABASE_URL set: ${redact(command)}`,
  });
}

async function runBy(
  { endpoint, enclosure }: Pick<Passage, 'endpoint' | 'enclosure'>,
  { command, dir, given }: SnapshotCommand,
  signal: AbortSignal,
): Promise<ShellEnd> {
  const sources = {
    inherited: process.env,
    given,
    dotenv: await dotenvNear(dir),
    meetsServices: await meetsServices(command, process.env),
  };
  const env = childEnvironment(endpoint, 'restore', sources);
  return runShell({ command, cwd: dir, env, signal, enclosure, keptLines: LAST_LINES });
}
