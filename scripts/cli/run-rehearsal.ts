import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { withEnvironment } from '../../infra/lifecycle.ts';
import { chooseTarget } from '../../infra/targets/index.ts';
import type { EnvironmentSpec, RunningEnvironment } from '../../infra/targets/target.ts';
import { copyPlan } from '../artifacts/plan-copy.ts';
import type { RunRecord } from '../artifacts/records.ts';
import { RunFolder } from '../artifacts/run-folder.ts';
import { newRunId } from '../artifacts/run-id.ts';
import { judge } from '../checks/judge.ts';
import type { Result } from '../checks/result.ts';
import { runEngine } from '../engine/engine.ts';
import type { OnEvent, RunEvent } from '../engine/events.ts';
import { loadRecord } from '../engine/load-record.ts';
import { parseVersions } from '../load/parse-versions.ts';
import type { Rehearsal } from '../plan/model.ts';
import type { StepFailure } from '../replay/step-failure.ts';
import { writeReports } from '../report/write.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import { formatMs, plural } from '../shared/format.ts';
import { redact } from '../shared/redact.ts';
import { RunClock } from '../shared/run-clock.ts';
import { markProcesses } from '../shared/run-mark.ts';
import { environmentRecord, startRecord } from './run-record.ts';
import { toolVersion } from './version.ts';

/** A run ends itself after this; what is still there then is nobody's, and `rehearse reap` may take it. */
const LONGEST_RUN_MS = 12 * 3_600_000;

export interface RunOptions {
  readonly rehearsal: Rehearsal;
  readonly targetName: string;
  /** Absolute folder for run folders. */
  readonly outDir: string;
  /** The caller's folder, for the paths in messages. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** As soon as the run folder is there. */
  readonly onFolder?: (folder: RunFolder) => void;
}

type Lifecycle = Awaited<ReturnType<typeof withEnvironment<StepFailure | undefined>>>;

/**
 * One rehearsal from plan to report. The environment is gone when this returns or throws.
 * @throws what ended the run early (interrupted, infrastructure, usage); the evidence so far is judged and kept
 */
export async function runRehearsal(options: RunOptions): Promise<{ result: Result; folder: RunFolder }> {
  const { rehearsal, outDir, cwd, onEvent } = options;
  const versions = parseVersions(rehearsal.load, (path) => relative(cwd, path));
  const { target, why } = await chooseTarget(options.targetName);
  if (options.targetName === 'auto') onEvent({ type: 'note', message: `target ${target.name}: ${why}` });
  const clock = new RunClock();
  const runId = newRunId(rehearsal.name);
  const folder = await RunFolder.create(join(outDir, runId));
  options.onFolder?.(folder);
  const fixed = { runId, target: target.name, toolVersion: toolVersion(), startedAt: clock.startedAt };
  const record = startRecord(rehearsal, {
    ...fixed,
    planSha256: await copyPlan(folder, rehearsal),
    load: loadRecord(rehearsal, versions),
  });
  await folder.writeDocument('run', record);

  const spec = environmentSpec(runId, rehearsal);
  const signal = AbortSignal.any([options.signal, expiry()]);
  const price = (await target.price(spec)) ?? null;
  onEvent(stage('environment', 'started', target.name));
  const use = async (environment: RunningEnvironment, createMs: number): Promise<StepFailure | undefined> => {
    onEvent(stage('environment', 'done', describe(environment)));
    const { hosts, limits } = environment;
    return runEngine({
      ...{ rehearsal, versions, environment, folder, clock, onEvent },
      signal: AbortSignal.any([signal, environment.failed]),
      onServer: (facts) =>
        folder.writeDocument(
          'environment',
          environmentRecord(facts, { target: target.name, hosts, createMs, price, limits }),
        ),
    });
  };
  const unmark = markProcesses(runId);
  const lifecycle = await withEnvironment(target, spec, use, {
    signal,
    onTeardown: () => {
      onEvent(stage('teardown', 'started', ''));
    },
  });
  unmark();
  onEvent(stage('teardown', 'done', teardownLine(lifecycle)));
  return finish(folder, record, lifecycle);
}

/** Adds how the run ended to the evidence, judges it and writes the reports; then throws what ended the run early. */
async function finish(
  folder: RunFolder,
  record: RunRecord,
  lifecycle: Lifecycle,
): Promise<{ result: Result; folder: RunFolder }> {
  const { use, destroyMs, leftovers } = lifecycle;
  const environment = await folder.readDocument('environment');
  if (environment) {
    await folder.writeDocument('environment', {
      ...environment,
      destroyMs,
      leftovers: leftovers?.length ?? null,
    });
  }
  await folder.writeDocument('run', { ...record, ...ending(use), endedAt: new Date().toISOString() });
  const left = leftoversError(lifecycle);
  if (use.status === 'rejected') {
    await keepEvidence(folder);
    throw left ?? asError(use.reason);
  }
  const result = await judge(folder);
  await writeReports(folder, result);
  if (left) throw left;
  return { result, folder };
}

/** Before the snapshot was in, nothing was rehearsed and there is nothing to keep; later, half a run is worth a report. */
async function keepEvidence(folder: RunFolder): Promise<void> {
  if ((await folder.readDocument('snapshot')) === undefined) {
    await rm(folder.path, { recursive: true });
    return;
  }
  try {
    await writeReports(folder, await judge(folder));
  } catch {
    // What ended the run is the news; that half of it cannot be judged is not.
  }
}

function ending(use: Lifecycle['use']): Pick<RunRecord, 'outcome' | 'problem'> {
  if (use.status === 'fulfilled') {
    const failure = use.value;
    return failure
      ? { outcome: 'step-failed', problem: redact(failure.message) }
      : { outcome: 'completed', problem: null };
  }
  const error = asError(use.reason);
  const interrupted = error instanceof RehearsalError && error.code === 'INTERRUPTED';
  return { outcome: interrupted ? 'interrupted' : 'error', problem: redact(error.message) };
}

/** Undefined only where a sweep proved that nothing stayed. */
function leftoversError({ leftovers, failures }: Lifecycle): RehearsalError | undefined {
  if (leftovers?.length === 0) return undefined;
  const why = failures.map(({ label, error }) => `${label}: ${error.message}`);
  const what =
    leftovers === null
      ? 'something of this run may be left: the sweep after it failed'
      : `${plural(leftovers.length, 'thing')} of this run could not be removed`;
  const details = [...(leftovers ?? []).map((leftover) => leftover.what), ...why];
  return new RehearsalError('LEFTOVERS', `${what}: ${details.join('; ')}`, {
    hint: 'rehearse reap --execute removes what is there',
  });
}

function expiry(): AbortSignal {
  const controller = new AbortController();
  const over = new RehearsalError('TIMED_OUT', `the run took longer than ${formatMs(LONGEST_RUN_MS)}`, {
    hint: 'rehearse fewer steps at a time, or a smaller snapshot',
  });
  setTimeout(() => {
    controller.abort(over);
  }, LONGEST_RUN_MS).unref();
  return controller.signal;
}

function environmentSpec(runId: string, rehearsal: Rehearsal): EnvironmentSpec {
  return {
    runId,
    postgres: rehearsal.postgres,
    hosts: rehearsal.hosts,
    connections: rehearsal.load.connections,
    expiresAt: new Date(Date.now() + LONGEST_RUN_MS).toISOString(),
  };
}

function stage(
  name: 'environment' | 'teardown',
  state: 'started' | 'done',
  detail: string,
): Extract<RunEvent, { type: 'stage' }> {
  return { type: 'stage', stage: name, state, detail, fraction: null, etaMs: null };
}

function describe(environment: RunningEnvironment): string {
  const { host, port } = environment.primary;
  return `${plural(environment.hosts, 'host')}, PostgreSQL on ${host}:${port}`;
}

function teardownLine({ leftovers }: Lifecycle): string {
  if (leftovers === null) return 'could not look for what is left';
  return leftovers.length === 0 ? 'nothing left behind' : `${plural(leftovers.length, 'thing')} left behind`;
}
