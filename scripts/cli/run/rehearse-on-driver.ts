import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverSession } from '../../../infra/remote-job/driver-session.ts';
import type { DriverEnvironment } from '../../../infra/contract/target.ts';
import type { RunFolder } from '../../artifacts/run-folder.ts';
import { doneSchema, makeJob, parseDriverLine, type DriverDone, type DriverLine } from '../../job/job.ts';
import type { OnEvent } from '../../engine/events.ts';
import type { ServerFacts } from '../../engine/settings.ts';
import type { PlannedPlaying, Rehearsal } from '../../plan/model.ts';
import { withTimeout } from '../../shared/clock.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text/format.ts';
import type { LoadHost } from '../../load/driver-hosts/load-host.ts';
import { OtherDrivers } from './other-drivers.ts';
import type { PlanEnd } from './run-ending.ts';

/** How long an interrupted run may take to save what was seen until then. */
const SAVE_MS = 2_500;
/** The evidence as it comes from the driver host, inside the run folder. */
const ARRIVAL = '.arrival';

interface DriverRun {
  readonly rehearsal: Rehearsal;
  readonly runId: string;
  readonly environment: DriverEnvironment;
  readonly folder: RunFolder;
  readonly expiresAt: string;
  readonly playings: readonly PlannedPlaying[];
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** Wall-clock time of the zero that all recorded times count from. */
  readonly onStarted: (startedAt: string) => void;
  readonly onServer: (facts: ServerFacts) => Promise<void>;
}

/**
 * The engine on the driver host: hands it the plan and the snapshot, follows it, and brings its evidence into the run
 * folder. A cut connection delays the news and loses nothing.
 * @throws what ended the engine early, DRIVER_FAILED, HOST_UNREACHABLE, or the signal's reason
 */
export async function rehearseOnDriver(run: DriverRun): Promise<PlanEnd> {
  const { signal, onEvent } = run;
  const onNote = (message: string): void => {
    onEvent({ type: 'note', message });
  };
  const session = await DriverSession.open(run.environment.driver, { signal, onNote });
  let others: OtherDrivers | undefined;
  try {
    others = await OtherDrivers.start(run);
    await handOver(session, run, others.hosts);
    await session.start();
    const done = doneSchema.parse(
      await session.follow((line) => {
        const news = parseDriverLine(line);
        if (news) tell(news, run);
      }),
    );
    await bring(session, done, run);
    if (done.error) {
      const { code, message, hint } = done.error;
      throw new RehearsalError(code, message, hint === null ? {} : { hint });
    }
    return done.stepFailure ?? undefined;
  } catch (error) {
    if (signal.aborted) await save(run).catch(() => undefined);
    throw error;
  } finally {
    await (signal.aborted ? others?.close() : others?.stop());
    await session.close();
  }
}

async function handOver(session: DriverSession, run: DriverRun, others: readonly LoadHost[]): Promise<void> {
  const { rehearsal, runId, expiresAt, environment, onEvent } = run;
  const { primary, restoreSettings, standby } = environment;
  const { playings } = run;
  const where = { primary, restoreSettings, standby, others };
  const context = { runId, expiresAt, playings, ...where, signal: run.signal };
  const job = await makeJob(rehearsal, context);
  const stage = { type: 'stage', stage: 'snapshot' } as const;
  onEvent({ ...stage, state: 'started', detail: 'handing the plan to the driver', fraction: 0, etaMs: null });
  await session.upload(job, ({ bytes, totalBytes, bytesPerSec, etaMs }) => {
    const detail = `to the driver: ${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${formatBytes(bytesPerSec)}/s`;
    const fraction = totalBytes === 0 ? null : bytes / totalBytes;
    onEvent({ ...stage, state: 'progress', detail, fraction, etaMs });
  });
}

function tell(news: DriverLine, { onEvent, onStarted }: DriverRun): void {
  switch (news.type) {
    case 'started':
      onStarted(news.startedAt);
      break;
    case 'server':
    case 'alive':
    case 'listening':
      break;
    case 'stage':
    case 'step':
    case 'traffic':
    case 'playing':
    case 'note':
      onEvent(news);
  }
}

/** Moves the evidence into the run folder, once it is here whole and its sha256 is right. */
async function bring(session: DriverSession, done: DriverDone, run: DriverRun): Promise<void> {
  if (done.server) await run.onServer(done.server);
  if (done.archive === null) return;
  const { folder } = run;
  const arrival = folder.file(ARRIVAL);
  try {
    await session.collect(arrival, done);
    for (const part of await readdir(arrival)) {
      await mkdir(folder.file(part), { recursive: true, mode: 0o700 });
      for (const name of await readdir(join(arrival, part))) {
        await rename(join(arrival, part, name), folder.file(part, name));
      }
    }
  } finally {
    await rm(arrival, { recursive: true, force: true });
  }
}

/** What was seen until the interruption, if it can be had quickly: the hosts go away at once after this. */
async function save(run: DriverRun): Promise<void> {
  const signal = AbortSignal.timeout(SAVE_MS);
  const session = await DriverSession.open(run.environment.driver, { signal, onNote: () => undefined });
  try {
    await session.stop();
    const done = doneSchema.parse(await session.follow(() => undefined));
    await withTimeout(bring(session, done, run), SAVE_MS, 'saving the evidence', signal);
  } finally {
    await session.close();
  }
}
