import { join } from 'node:path';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import { isDiskFull, startProblems } from '../../../postgres/server-log.ts';
import { diskFull } from '../../../postgres/start-error.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { configArguments } from '../server/config-files.ts';

/** The first one recovers what was written while the copy was made. */
const LIMIT_MS = 60 * 60_000;

/** No worker, nothing that a library or the network could begin; prepared transactions are kept until they are rolled back. */
const ALONE = {
  archive_mode: 'off',
  shared_preload_libraries: '',
  max_prepared_transactions: '1000',
  allow_in_place_tablespaces: 'on',
  exit_on_error: 'off',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  log_min_messages: 'warning',
  log_destination: 'stderr',
  logging_collector: 'off',
  default_transaction_read_only: 'off',
  statement_timeout: '0',
};

/** Text that a statement gives is printed as `\t 1: name = "…"\t(typeid = …` (debugtup, src/backend/access/common/printtup.c). */
const PRINTED = /^\t? ?\d+: answer = "(.*)"\t\(typeid = /gm;

/**
 * Runs statements on a stopped data folder as its first superuser, in PostgreSQL's single-user mode: no background process is there, and no
 * event trigger fires. One statement a line.
 * @returns what the columns `answer` said, in their order
 * @throws RESTORE_FAILED with the server's own words, DISK_FULL, or the signal's reason
 */
export async function singleUser(
  programs: Programs,
  database: string,
  statements: readonly string[],
  { shown, signal }: { shown: string; signal: AbortSignal },
): Promise<string[]> {
  const { binDir, dir, cell } = programs;
  const settings = Object.entries(ALONE).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['--single', '-D', dir.data, ...configArguments(dir), ...settings, database];
  const done = await runProgram(join(binDir, 'postgres'), args, {
    cell,
    cwd: dir.path,
    timeoutMs: LIMIT_MS,
    signal,
    input: statements.map((statement) => `${statement.replace(/\s*\n\s*/g, ' ').trim()}\n`).join(''),
  });
  const wrong = /^(?:.*?\s)?(?:ERROR|FATAL|PANIC): {2}.*$/m.test(done.output);
  if (done.ok && !wrong) return [...done.output.matchAll(PRINTED)].map(([, text = '']) => text);
  if (isDiskFull(done.output)) throw diskFull();
  throw new RehearsalError('RESTORE_FAILED', `PostgreSQL does not start on ${shown}: ${whyOf(done.output)}`, {
    hint: 'The copy may be damaged, or of a server that was built in another way; try it by hand: postgres --single.',
  });
}

function whyOf(output: string): string {
  const [problem] = startProblems(output);
  if (problem) return problem.message;
  const line = /(?:ERROR|FATAL|PANIC): {2}(.*)$/m.exec(output)?.[1];
  return line ?? output.trim().split('\n').at(-1) ?? 'it says nothing';
}
