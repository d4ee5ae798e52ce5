import { JOB_FILES } from '../../scripts/job/protocol.ts';
import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import {
  openRemote,
  orUndefined,
  readRemote,
  readRemoteFile,
  remoteSize,
  type RemoteHandle,
} from '../ssh/remote-files.ts';
import type { SteadyConnection } from '../ssh/steady-connection.ts';
import { readDone } from './done-file.ts';
import { LineReader } from './line-reader.ts';
import { aliveOf, recordedProcesses } from './remote-process.ts';

const POLL_MS = 200;
/** Asking for the process costs more than looking for news. */
const PROCESS_CHECK_MS = 1_000;
const PIECE_BYTES = 32_768;
const LOG_BYTES = 4_096;
const LOG_LINES = 20;

/** `offset` is where the next line begins: whoever has dealt with this line goes on from there. */
export type OnLine = (line: string, offset: number) => void;

/**
 * Hands on each line of the job's events once and in order, from `fromOffset` on, until the job is over and all its lines
 * were read. Returns the content of done.json.
 * @throws DRIVER_FAILED, HOST_UNREACHABLE, the signal's reason, or what `onLine` throws
 */
export async function followJob(
  steady: SteadyConnection,
  job: {
    readonly dir: string;
    readonly fromOffset: number;
    readonly onLine: OnLine;
    readonly signal: AbortSignal;
  },
): Promise<unknown> {
  let { fromOffset } = job;
  return steady.use((connection) =>
    followOn(connection, {
      ...job,
      fromOffset,
      onLine: (line, offset) => {
        fromOffset = offset;
        job.onLine(line, offset);
      },
    }),
  );
}

async function followOn(
  connection: OpenConnection,
  { dir, fromOffset, onLine, signal }: Parameters<typeof followJob>[1],
): Promise<unknown> {
  const lines = new LineReader(fromOffset);
  let handle: RemoteHandle | undefined;
  let checkedAtMs = -Infinity;
  for (;;) {
    // What is over before the lines are read has all its lines in the file by then.
    let done = await readDone(connection, dir);
    let isGone = false;
    if (done === undefined && monotonicMs() - checkedAtMs >= PROCESS_CHECK_MS) {
      checkedAtMs = monotonicMs();
      isGone = (await aliveOf(connection, await recordedProcesses(connection, dir))).length === 0;
      if (isGone) done = await readDone(connection, dir);
    }
    handle ??= await orUndefined(openRemote(connection, `${dir}/${JOB_FILES.events}`, 'r'));
    if (handle !== undefined) await readNews(connection, handle, lines, onLine);
    if (done !== undefined) return done;
    if (isGone) throw await goneError(connection, dir);
    await sleep(POLL_MS, signal);
  }
}

async function readNews(
  connection: OpenConnection,
  handle: RemoteHandle,
  lines: LineReader,
  onLine: OnLine,
): Promise<void> {
  for (;;) {
    const piece = await readRemote(connection, handle, lines.position, PIECE_BYTES);
    if (piece.length === 0) return;
    for (const { line, offset } of lines.push(piece)) onLine(line, offset);
  }
}

async function goneError(connection: OpenConnection, dir: string): Promise<RehearsalError> {
  const path = `${dir}/${JOB_FILES.log}`;
  const size = (await remoteSize(connection, path)) ?? 0;
  const end = await readRemoteFile(connection, path, Math.max(0, size - LOG_BYTES));
  // A line that is cut might begin inside a password, which could not be recognised.
  const whole = (end?.toString('utf8') ?? '').split('\n').slice(size > LOG_BYTES ? 1 : 0);
  const lines = redact(whole.join('\n')).trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  const tail = lines === '' ? 'its log is empty' : `the end of its log:\n${lines}`;
  return new RehearsalError('DRIVER_FAILED', `the driver ended without a result; ${tail}`, {
    hint: 'killed by the kernel for its memory (dmesg on the driver host)? Then give the driver host more',
  });
}
