import { join, relative } from 'node:path';
import { withEnvironment, type Lifecycle, type LifecycleOptions } from '../../../infra/lifecycle.ts';
import type { EnvironmentSpec, RunningEnvironment, Target } from '../../../infra/contract/target.ts';
import { copyPlan } from '../../artifacts/plan-copy.ts';
import type { RunRecord } from '../../artifacts/records/records.ts';
import type { OnJudging } from '../../checks/judging-news.ts';
import { RunFolder } from '../../artifacts/run-folder.ts';
import { newRunId } from '../../artifacts/run-id.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { runEngine } from '../../engine/engine.ts';
import type { OnEvent, RunEvent } from '../../engine/events.ts';
import { loadRecord } from '../../engine/load-record.ts';
import type { ServerFacts } from '../../engine/settings.ts';
import { tooMuchLoad } from '../../load/scripts/load-cost.ts';
import { parseVersions } from '../../load/scripts/parse-versions.ts';
import { driverCount } from '../../plan/schema/driver-hosts.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { planPlayings } from '../../plan/plan-playings.ts';
import { plural } from '../../shared/text/format.ts';
import { RunClock } from '../../shared/run-clock.ts';
import { markProcesses } from '../../shared/run-mark.ts';
import { requireConfining, withCommandLimits } from './command-network.ts';
import { environmentSpec, runTimeout } from './environment-spec.ts';
import { resumableRecord } from './resume.ts';
import { makeRunFolder, takeOver } from '../../../infra/claims/run-claim.ts';
import { finish, type PlanEnd } from './run-ending.ts';
import { planOrigin } from './plan-origin.ts';
import { guessesIn } from '../guesses.ts';
import { askedOf, costingWhereItIs, keptUntilOf } from './rented.ts';
import { environmentRecord, startRecord } from './run-record.ts';
import { toolVersion } from '../version.ts';

interface RunOptions {
  readonly rehearsal: Rehearsal;
  readonly target: Target;
  /** Absolute folder for run folders. */
  readonly outDir: string;
  /** The caller's folder, for the paths in messages. */
  readonly cwd: string;
  /** How often each scenario is played. */
  readonly repeat: number;
  /** A run whose controller has died while its hosts went on: its id. */
  readonly resume?: string | undefined;
  /** How long the environment stays up after the rehearsal; undefined = it goes at once. */
  readonly keepMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** As soon as the run folder is there. */
  readonly onFolder?: (folder: RunFolder) => void;
  /** When all that is left to do is to judge what was recorded; what it returns is told how far that is. */
  readonly onJudging?: (runId: string) => OnJudging;
}

export interface RunOutcome {
  readonly result: Result;
  readonly folder: RunFolder;
  /** Undefined where it was taken down. */
  readonly kept: { readonly until: Date; readonly environment: RunningEnvironment } | undefined;
}

/**
 * One rehearsal from plan to report. The environment is gone when this throws, and when it returns unless it was to be kept.
 * @throws what ended the run early (interrupted, infrastructure, usage); the evidence so far is judged and kept
 */
export async function runRehearsal(options: RunOptions): Promise<RunOutcome> {
  const { rehearsal, target, outDir, cwd, keepMs, onEvent } = options;
  const versions = parseVersions(rehearsal.load, (path) => relative(cwd, path));
  const late = tooMuchLoad(rehearsal.load, versions, rehearsal.hosts.driver?.cpu, driverCount(rehearsal));
  if (late !== undefined) onEvent({ type: 'note', message: late });
  await requireConfining(rehearsal, target);
  const clock = new RunClock();
  const runId = options.resume ?? newRunId(rehearsal.name);
  const path = join(outDir, runId);
  const spec = environmentSpec(runId, rehearsal, target, onEvent);
  const folder = await (options.resume === undefined ? made(path, spec) : resumed(path, spec));
  options.onFolder?.(folder);
  const fixed = { runId, target: target.name, toolVersion: toolVersion(), startedAt: clock.startedAt };
  let record =
    options.resume === undefined
      ? await begunRecord(options, folder, { ...fixed, load: loadRecord(rehearsal, versions) })
      : await resumableRecord(folder, rehearsal, target);
  await folder.writeDocument('run', record);

  const playings = record.playings ?? planPlayings(rehearsal.scenarios, 1);
  const signal = AbortSignal.any([options.signal, runTimeout(target)]);
  const asked = { ...(await askedOf(target, spec, rehearsal, onEvent)), startedAt: new Date().toISOString() };
  let running: RunningEnvironment | undefined;
  onEvent(stage('environment', 'started', target.name));
  const use = async (environment: RunningEnvironment, createMs: number): Promise<PlanEnd> => {
    running = environment;
    onEvent(stage('environment', 'done', describe(environment)));
    const told = withCommandLimits(environment, rehearsal);
    const rest = { ...costingWhereItIs(asked, environment, onEvent), createMs };
    const onServer = (server: ServerFacts): Promise<void> =>
      folder.writeDocument('environment', environmentRecord(server, told, rest));
    const stop = AbortSignal.any([signal, environment.failed]);
    const common = { rehearsal, playings, folder, onEvent, onServer, signal: stop };
    if (environment.engine === 'here')
      return (await runEngine({ ...common, environment, versions, clock }))?.message;
    const { rehearseOnDriver } = await import('./rehearse-on-driver.ts');
    return rehearseOnDriver({
      ...common,
      environment,
      runId,
      expiresAt: spec.expiresAt,
      onStarted: (zero) => (record = { ...record, startedAt: zero }),
    });
  };
  const unmark = markProcesses(runId);
  const lifecycle = await withEnvironment(target, spec, use, {
    signal,
    ...teardownEvents(onEvent),
    ...(keepMs === undefined ? {} : { keepUntil: () => keptUntilOf(keepMs, target, spec) }),
  });
  unmark();
  const { keptUntil } = lifecycle;
  if (keptUntil === null) onEvent(stage('teardown', 'done', teardownLine(lifecycle, running?.shared)));
  const result = await finish(folder, record, lifecycle, options.onJudging);
  options.signal.throwIfAborted(); // in the teardown: what was seen is judged, and yet the run was interrupted
  return {
    result,
    folder,
    kept: keptUntil && running ? { until: keptUntil, environment: running } : undefined,
  };
}

async function made(path: string, spec: EnvironmentSpec): Promise<RunFolder> {
  await makeRunFolder(path, spec);
  return RunFolder.create(path);
}

async function resumed(path: string, spec: EnvironmentSpec): Promise<RunFolder> {
  const folder = RunFolder.open(path);
  await takeOver(path, spec);
  return folder;
}

async function begunRecord(
  { rehearsal, repeat, signal, cwd }: RunOptions,
  folder: RunFolder,
  fixed: Pick<RunRecord, 'runId' | 'target' | 'toolVersion' | 'startedAt' | 'load'>,
): Promise<RunRecord> {
  const kept = await keepPlan(folder, rehearsal, signal);
  const guesses = (await guessesIn(rehearsal, cwd)).length;
  return startRecord(rehearsal, {
    ...fixed,
    ...kept,
    ...(guesses > 0 && { guesses }),
    playings: planPlayings(rehearsal.scenarios, repeat),
  });
}

/** Copies the plan into the run folder, and tells what it is and where it came from. */
async function keepPlan(
  folder: RunFolder,
  rehearsal: Rehearsal,
  signal: AbortSignal,
): Promise<Pick<RunRecord, 'planSha256' | 'origin'>> {
  return { planSha256: await copyPlan(folder, rehearsal), origin: await planOrigin(rehearsal, signal) };
}

function teardownEvents(onEvent: OnEvent): Pick<LifecycleOptions, 'onTeardown' | 'onNote'> {
  return {
    onTeardown: () => {
      onEvent(stage('teardown', 'started', ''));
    },
    onNote: (message) => {
      onEvent({ type: 'note', message });
    },
  };
}

function stage(
  name: 'environment' | 'teardown',
  state: 'started' | 'done',
  detail: string,
): Extract<RunEvent, { type: 'stage' }> {
  return { type: 'stage', stage: name, state, detail, fraction: null, etaMs: null };
}

function describe({ hosts, hostInfo, primary }: RunningEnvironment): string {
  const roles = hostInfo.length === 0 ? '' : ` (${hostInfo.map(({ role }) => role).join(', ')})`;
  return `${plural(hosts, 'host')}${roles}, PostgreSQL on ${primary.host}:${primary.port}`;
}

function teardownLine({ leftovers }: Lifecycle<PlanEnd>, shared: RunningEnvironment['shared']): string {
  if (shared !== undefined) return `the hosts go with ${shared.id}`;
  if (leftovers === null) return 'could not look for what is left';
  return leftovers.length === 0 ? 'nothing left behind' : `${plural(leftovers.length, 'thing')} left behind`;
}
