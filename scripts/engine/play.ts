import { Company } from '../actors/company.ts';
import type { RunFolder, StreamName } from '../artifacts/run-folder.ts';
import { loadSamples, type SamplePools } from '../load/traffic/samples.ts';
import { withConnection } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { machineTrouble } from '../pg/machine-trouble.ts';
import type { Rehearsal, Scenario, Step } from '../plan/model.ts';
import { CompatibilityProbe, type VersionScripts } from '../probes/compatibility.ts';
import { RowCountProbe } from '../probes/row-counts/row-count-probe.ts';
import { ExactWaits } from '../probes/exact-waits.ts';
import { DriftProbe } from '../probes/drift/drift-probe.ts';
import { RollbackProbe } from '../probes/rollback/rollback-probe.ts';
import { UpdateCounts } from '../probes/update-counts.ts';
import { NoiseProbe } from '../probes/noise/noise-probe.ts';
import { LockWatch } from '../probes/lock-watch.ts';
import { ProbeLife } from '../probes/probe-life.ts';
import { waitSources } from '../probes/wait-sources.ts';
import type { ServerWatches } from '../probes/server-watch/server-watches.ts';
import { SchemaWatch } from '../probes/schema-watch/schema-watch.ts';
import { ServerProbe } from '../probes/server-probe.ts';
import { replay, type ReplayHooks } from '../replay/replay.ts';
import type { StepFailure } from '../replay/session/step-failure.ts';
import { Cleanup, type CleanupFailure } from '../shared/cleanup.ts';
import { sleep } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import { formatMs } from '../shared/text/format.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { warmUp } from './baseline.ts';
import { requireHealthyStart } from './health.ts';
import { openLogins, type Logins } from './roles/logins.ts';
import type { EngineEnvironment } from './environment.ts';
import type { OnEvent, RunEvent } from './events.ts';
import { RunTraffic } from './traffic.ts';

/** The plan once, on a database that is ready. */
export interface Playing {
  readonly rehearsal: Rehearsal;
  /** In whose company. */
  readonly scenario: Scenario;
  readonly versions: readonly VersionScripts[];
  /** Its primary's endpoint is the tool's own login. */
  readonly environment: EngineEnvironment;
  /** As whom app and plan connect, where the rehearsal names no roles. */
  readonly superuser: PgEndpoint;
  readonly folder: RunFolder;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  readonly watches: ServerWatches;
}

/**
 * Load, replay and probes: everything between a database that is ready and the evidence in the folder.
 * @returns the failure that ended the plan early, or undefined
 */
export async function play(run: Playing): Promise<StepFailure | undefined> {
  const cleanup = new Cleanup();
  const closed: CleanupFailure[] = [];
  const failure = await underLoad(run, cleanup).finally(async () => {
    closed.push(...(await cleanup.run()));
    for (const { label, error } of closed)
      run.onEvent({ type: 'note', message: `could not close ${label}: ${error.message}` });
  });
  // A record that is cut off by a full disk is no evidence.
  const lack = closed.map(({ error }) => machineTrouble(error)).find((trouble) => trouble !== undefined);
  if (lack) throw lack;
  return failure;
}

async function underLoad(run: Playing, cleanup: Cleanup): Promise<StepFailure | undefined> {
  const { rehearsal, environment, clock, onEvent } = run;
  const logins = await openLogins(run, run.signal);
  const probes = await startProbes(run, logins, cleanup);
  const { life, watch, schema, compatibility, pools } = probes;
  const writers = { steps: writer(run, cleanup, 'steps'), batches: writer(run, cleanup, 'batches') };
  const endpoint = environment.primary;
  const events = writer(run, cleanup, 'load');
  const traffic = await RunTraffic.start({
    ...run,
    endpoint,
    logins: logins.app,
    pools,
    life,
    events,
    standbyLagMs: probes.lagMs,
  });
  cleanup.add('load', () => {
    traffic.release();
    return Promise.resolve();
  });
  const signal = AbortSignal.any([run.signal, traffic.died]);

  onEvent({ type: 'stage', stage: 'baseline', state: 'started', detail: '', fraction: 0, etaMs: null });
  await unlessAway(run, () => warmUp({ rehearsal, traffic, clock, signal, onEvent }));
  const company = await gather(run, logins, cleanup);
  let current = { index: 0, step: rehearsal.plan[0] };
  const context = {
    rehearsal,
    primary: endpoint,
    login: logins.plan,
    clock,
    watch,
    schema,
    traffic,
    signal,
    ...writers,
    enclose: environment.enclose,
    settled: () => run.watches.settled(),
    progress: (detail: string, fraction: number | null, etaMs: number | null): void => {
      const { index, step } = current;
      if (step) onEvent(stepEvent(step, index, { state: 'progress', detail, fraction, etaMs }));
    },
  };
  const failure = await replay(context, {
    ...looksAround(probes, company, signal),
    onStart: (step, index) => {
      current = { index, step };
      onEvent(stepEvent(step, index, { state: 'started', detail: '', fraction: 0, etaMs: null }));
    },
    onEnd: (step, index, status, detail) => {
      const state = status === 'ok' ? 'done' : status;
      onEvent(stepEvent(step, index, { state, detail, fraction: null, etaMs: null }));
    },
  });
  await company.leave();
  const last = current.step?.name ?? '';
  await watch.during({ step: last, heldBy: null, isCalm: true }, () =>
    sleep(rehearsal.load.cooldownMs, signal),
  );
  await probes.updateCounts.look(null, 'after', signal);
  await traffic.stop();
  compatibility.stop();
  await run.watches.settled();
  return failure;
}

const RUNS_SQL: ReadonlySet<Step['kind']> = new Set(['sql', 'command']);

/** What is looked at before and behind each step, while nothing of the plan runs. */
function looksAround(
  { rowCounts, updateCounts, drift, compatibility, schema, rollback }: Probes,
  company: Company,
  signal: AbortSignal,
): Required<Pick<ReplayHooks, 'beforeStep' | 'afterStep'>> {
  return {
    beforeStep: async (step) => {
      await rowCounts.before(step, signal);
      await updateCounts.look(step.name, 'before', signal);
      if (step.way === undefined) await drift.before(step, signal);
      await rollback?.before(step, signal);
      await company.before(step, signal);
      await schema.stepBegins(step.name, RUNS_SQL.has(step.kind));
    },
    afterStep: async (step) => {
      await updateCounts.look(step.name, 'after', signal);
      await rowCounts.after(step, signal);
      await compatibility.look(step.name, signal);
      await schema.afterStep(step.name);
      await rollback?.after(step, signal);
    },
  };
}

/** Before the plan has begun, an app that fails because its server was away is no reason to mend the workload. */
async function unlessAway({ watches }: Playing, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (cause) {
    await watches.settled();
    if (watches.awayMs === 0) throw cause;
    const message = `the servers were away for ${formatMs(watches.awayMs)} before the first step`;
    throw new RehearsalError('CONNECTION_FAILED', message, {
      hint: 'rehearse again; if it stays so, look at the network and at the server’s host',
      cause,
    });
  }
}

/** Those who keep the plan company; registered to leave before anybody comes. */
async function gather(run: Playing, logins: Logins, cleanup: Cleanup): Promise<Company> {
  const { rehearsal, scenario, environment, clock, onEvent } = run;
  const endpoint = environment.primary;
  const app = logins.app.get(rehearsal.load.versions[0]?.name ?? '') ?? endpoint;
  const company = await Company.gather({
    rehearsal,
    scenario,
    endpoint,
    clock,
    logins: { app, plan: logins.plan },
    records: writer(run, cleanup, 'actors'),
    onNote: (message) => {
      onEvent({ type: 'note', message });
    },
  });
  cleanup.add('actors', () => company.leave());
  return company;
}

interface Probes {
  readonly life: ProbeLife;
  readonly watch: LockWatch;
  readonly schema: SchemaWatch;
  readonly compatibility: CompatibilityProbe;
  readonly rowCounts: RowCountProbe;
  readonly updateCounts: UpdateCounts;
  readonly drift: DriftProbe;
  /** Only where the plan goes back. */
  readonly rollback: RollbackProbe | undefined;
  readonly pools: SamplePools;
  /** The standby's lag as last seen. */
  readonly lagMs: () => number | null;
}

/** Everything that looks, but for the traffic: each is registered for its end before the next one starts. */
async function startProbes(run: Playing, logins: Logins, cleanup: Cleanup): Promise<Probes> {
  const { rehearsal, versions, environment, clock, signal } = run;
  const endpoint = environment.primary;
  const { seed } = rehearsal.load;
  const life = new ProbeLife(writer(run, cleanup, 'probes'), clock, signal);
  const scripts = versions.flatMap((version) => version.scripts);
  const pools = await withConnection(
    endpoint,
    'setup',
    (client) => loadSamples(client, scripts, seed),
    signal,
  );
  const records = writer(run, cleanup, 'compatibility');
  const tried = { endpoint, logins: logins.app, versions, pools, seed, writer: records, life };
  const compatibility = new CompatibilityProbe(tried);
  presence(run, life, cleanup);
  const start = await compatibility.look('start', signal);
  await unlessAway(run, () => {
    requireHealthyStart(rehearsal, start);
  });

  let lagMs: number | null = null;
  const sinks = { writer: writer(run, cleanup, 'server'), clock, life };
  const server = await ServerProbe.start(endpoint, sinks, ({ replayLagMs }) => (lagMs = replayLagMs));
  cleanup.add('server probe', () => server.stop());
  const noise = new NoiseProbe(environment, { writer: writer(run, cleanup, 'noise'), clock });
  cleanup.add('noise probe', () => noise.stop());
  const sightings = { waits: writer(run, cleanup, 'waits'), locks: writer(run, cleanup, 'locks') };
  const sources = waitSources(process.env);
  const exact = await ExactWaits.start(endpoint, sources, {
    writer: writer(run, cleanup, 'exact-waits'),
    clock,
    life,
  });
  cleanup.add('exact waits', () => exact.stop());
  const watch = await LockWatch.start(endpoint, { clock, life, exact, ...sightings });
  cleanup.add('lock watch', () => watch.stop());
  const app = { versions, logins: logins.app };
  const looks = { writer: writer(run, cleanup, 'schema'), clock, life };
  const schema = await SchemaWatch.start(endpoint, app, looks);
  cleanup.add('schema watch', () => schema.stop());
  const rowCounts = new RowCountProbe({ app, pools, seed, clock, writer: looks.writer });
  const updateCounts = new UpdateCounts({ endpoint, clock, writer: looks.writer });
  await updateCounts.look(null, 'before', signal);
  const drift = new DriftProbe({ endpoint, versions: rehearsal.load.versions, clock, writer: looks.writer });
  const rollback = await startRollbackProbe(run, life, cleanup);
  const looking = { rowCounts, updateCounts, drift, rollback };
  return { life, watch, schema, compatibility, ...looking, pools, lagMs: () => lagMs };
}

async function startRollbackProbe(
  run: Playing,
  life: ProbeLife,
  cleanup: Cleanup,
): Promise<RollbackProbe | undefined> {
  if (run.scenario.backFrom === undefined) return undefined;
  const { environment, rehearsal, clock, signal } = run;
  const app = { plan: rehearsal.plan, versions: rehearsal.load.versions };
  const sinks = { writer: writer(run, cleanup, 'rollback'), clock, life };
  const probe = await RollbackProbe.start({ endpoint: environment.primary, ...app, ...sinks }, signal);
  cleanup.add('rollback probe', () => probe.stop());
  return probe;
}

/** What the watches see belongs to this playing of the plan until it ends. */
function presence(run: Playing, life: ProbeLife, cleanup: Cleanup): void {
  const records = writer(run, cleanup, 'presence');
  run.watches.recordInto({ writer: records, clock: run.clock });
  life.note('presence', 'started');
  cleanup.add('presence', () => {
    run.watches.recordInto(undefined);
    if (!run.signal.aborted) life.note('presence', 'stopped');
    return Promise.resolve();
  });
}

function writer<K extends StreamName>(
  { folder }: Playing,
  cleanup: Cleanup,
  name: K,
): ReturnType<typeof folder.writer<K>> {
  const opened = folder.writer(name);
  cleanup.add(`${name}.ndjson`, () => opened.close());
  return opened;
}

type StepProgress = Extract<RunEvent, { type: 'step' }>;

function stepEvent(
  step: Step,
  index: number,
  { state, detail, fraction, etaMs }: Pick<StepProgress, 'state' | 'detail' | 'fraction' | 'etaMs'>,
): StepProgress {
  return { type: 'step', index, name: step.name, phase: step.phase, state, detail, fraction, etaMs };
}
