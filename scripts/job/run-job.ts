import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { RunFolder } from '../artifacts/run-folder.ts';
import { runEngine } from '../engine/engine.ts';
import type { ServerFacts } from '../engine/settings.ts';
import { parseVersions } from '../load/scripts/parse-versions.ts';
import { sleep } from '../shared/clock.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import { RunClock } from '../shared/run-clock.ts';
import { markProcesses } from '../shared/run-mark.ts';
import { archiveFolder } from './archive.ts';
import { claimJob } from './job-claim.ts';
import { EventLog } from './event-log.ts';
import { DRIVER_LOG, JOB_FILES, type DriverDone, type Job, type Share } from './protocol.ts';
import { PublicText } from './leaving-text.ts';
import { readJob } from './read-job.ts';
import { readShare, shareLoad } from './share-job.ts';
import { SqlEnvironment } from './sql-environment.ts';

/** How long an engine that was told to end may take to close what it opened. */
const UNWIND_MS = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Where a job's news go, and what ends it early. */
interface Desk {
  readonly dir: string;
  readonly clock: RunClock;
  readonly text: PublicText;
  readonly log: EventLog;
  readonly stop: AbortController;
}

/** How the engine's part went. */
interface Ending {
  readonly error: unknown;
  readonly stepFailure: string | null;
  readonly server: ServerFacts | null;
}

/**
 * Does the job of a job folder once, and leaves done.json; how it went stands there. A job that is taken or done is left alone.
 */
export async function runJob(dir: string): Promise<void> {
  const claim = await claimJob(dir);
  if (claim === 'taken') return;
  const text = new PublicText(dir);
  const clock = new RunClock();
  const stop = new AbortController();
  const log = new EventLog(dir, text, clock, (error) => {
    stop.abort(error);
  });
  const desk = { dir, clock, text, log, stop };
  endOnSignals(stop);
  try {
    const ending = claim === 'dead' ? died() : await rehearse(desk);
    if (ending.error !== null) log.failure(ending.error);
    await writeDone(dir, await doneDocument(desk, ending));
  } finally {
    log.close();
  }
}

/** The controller asks by SIGTERM; its own end, and that of its terminal, change nothing. */
function endOnSignals(stop: AbortController): void {
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      stop.abort(new RehearsalError('INTERRUPTED', 'the run was interrupted'));
    });
  }
  process.on('SIGHUP', () => undefined);
  for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(name, (error: unknown) => {
      stop.abort(asError(error));
    });
  }
}

function died(): Ending {
  const error = new RehearsalError('DRIVER_FAILED', 'the driver ended half-way, and was started again', {
    hint: 'rehearse again: a half-restored database cannot be gone on with',
  });
  return { error, stepFailure: null, server: null };
}

async function rehearse(desk: Desk): Promise<Ending> {
  const { dir, stop, text, log } = desk;
  let server: ServerFacts | null = null;
  const onServer = (facts: ServerFacts): Promise<void> => {
    server = facts;
    log.write({ type: 'server', facts });
    return Promise.resolve();
  };
  try {
    const share = await readShare(dir);
    if (share !== undefined) return await serve(share, desk);
    const job = await readJob(dir);
    text.name(job.shownAs);
    const expiry = endAtExpiry(job, stop);
    markProcesses(job.runId);
    await mkdir(join(dir, JOB_FILES.tmp), { recursive: true });
    process.env['TMPDIR'] = join(dir, JOB_FILES.tmp);
    const stepFailure = await unlessStopped(engine(job, desk, onServer), stop.signal);
    clearTimeout(expiry);
    return { error: null, stepFailure, server };
  } catch (error) {
    return { error: stop.signal.aborted ? stop.signal.reason : error, stepFailure: null, server };
  }
}

/** Ends by the signal alone. */
async function serve(share: Share, { dir, stop, log }: Desk): Promise<never> {
  const expiry = endAtExpiry(share, stop);
  markProcesses(share.runId);
  const tell = log.write.bind(log);
  return shareLoad(share, { dir, signal: stop.signal, tell }).finally(() => {
    clearTimeout(expiry);
  });
}

async function engine(
  job: Job,
  { dir, clock, log, stop }: Desk,
  onServer: (facts: ServerFacts) => Promise<void>,
): Promise<string | null> {
  const { rehearsal, playings } = job;
  const { signal } = stop;
  const environment = new SqlEnvironment(job, dir, (message) => {
    log.write({ type: 'note', message });
  });
  await environment.requireReachable(signal);
  try {
    const failure = await runEngine({
      rehearsal,
      playings,
      environment,
      clock,
      signal,
      onServer,
      versions: parseVersions(rehearsal.load, (path) => relative(rehearsal.dir, path)),
      folder: await RunFolder.create(join(dir, JOB_FILES.run)),
      onEvent: (event) => {
        log.write(event);
      },
    });
    return failure?.message ?? null;
  } finally {
    await environment.release();
  }
}

function endAtExpiry(
  { expiresAt, leftMs }: Pick<Job, 'expiresAt' | 'leftMs'>,
  stop: AbortController,
): NodeJS.Timeout {
  const over = new RehearsalError('TIMED_OUT', `the environment expired at ${expiresAt}`, {
    hint: 'rehearse fewer steps at a time, or a smaller snapshot',
  });
  return setTimeout(
    () => {
      stop.abort(over);
    },
    Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS),
  );
}

/** Settles like `work`; once the signal aborts, no longer than `UNWIND_MS` after it. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined); // told by the race, or too late to matter
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = (): void => {
      void sleep(UNWIND_MS).then(() => {
        reject(asError(signal.reason));
      });
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([work, stopped]);
}

async function doneDocument({ dir, clock, text, log }: Desk, ending: Ending): Promise<DriverDone> {
  let { error } = ending;
  let packed: { sha256: string; sizeBytes: number } | null = null;
  try {
    const { path } = await RunFolder.create(join(dir, JOB_FILES.run));
    if (error !== null)
      await copyFile(join(dir, JOB_FILES.log), join(path, DRIVER_LOG)).catch(() => undefined);
    packed = await archiveFolder(path, join(dir, JOB_FILES.archive));
  } catch (failure) {
    log.failure(failure);
    error ??= failure;
  }
  return {
    ok: error === null,
    error: error === null ? null : text.error(error),
    stepFailure: ending.stepFailure === null ? null : text.text(ending.stepFailure),
    startedAt: clock.startedAt,
    server: ending.server,
    archive: packed === null ? null : JOB_FILES.archive,
    sha256: packed?.sha256 ?? null,
    sizeBytes: packed?.sizeBytes ?? null,
  };
}

async function writeDone(dir: string, done: DriverDone): Promise<void> {
  const path = join(dir, JOB_FILES.done);
  await writeFile(`${path}.part`, `${JSON.stringify(done, null, 2)}\n`);
  await rename(`${path}.part`, path);
}
