import { Company } from '../actors/company.ts';
import { machineTrouble } from '../pg/machine-trouble.ts';
import type { Step } from '../plan/model.ts';
import { replay, type ReplayHooks } from '../replay/replay.ts';
import type { StepFailure } from '../replay/session/step-failure.ts';
import { Cleanup, type CleanupFailure } from '../shared/cleanup.ts';
import { sleep } from '../shared/clock.ts';
import { warmUp } from './baseline.ts';
import { openLogins, type Logins } from './roles/logins.ts';
import type { RunEvent } from './events.ts';
import { startProbes, type Probes } from './playing-probes.ts';
import { unlessAway, writer, type Playing } from './playing.ts';
import { RunTraffic } from './traffic.ts';

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
  const { watch, schema, compatibility } = probes;
  const writers = { steps: writer(run, cleanup, 'steps'), batches: writer(run, cleanup, 'batches') };
  const endpoint = environment.primary;
  const traffic = await startTraffic(run, { logins, probes }, cleanup);
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

async function startTraffic(
  run: Playing,
  { logins, probes: { pools, life, lagMs } }: { logins: Logins; probes: Probes },
  cleanup: Cleanup,
): Promise<RunTraffic> {
  const traffic = await RunTraffic.start({
    ...run,
    endpoint: run.environment.primary,
    others: run.environment.others,
    logins: logins.app,
    pools,
    life,
    events: writer(run, cleanup, 'load'),
    standbyLagMs: lagMs,
  });
  cleanup.add('load', () => {
    traffic.release();
    return Promise.resolve();
  });
  return traffic;
}

const RUNS_SQL: ReadonlySet<Step['kind']> = new Set(['sql', 'command']);

/** What is looked at before and behind each step, while nothing of the plan runs. */
function looksAround(
  { rowCounts, updateCounts, drift, compatibility, schema, rollback, fingerprints }: Probes,
  company: Company,
  signal: AbortSignal,
): Required<Pick<ReplayHooks, 'beforeStep' | 'afterStep'>> {
  return {
    beforeStep: async (step) => {
      await rowCounts.before(step, signal);
      await updateCounts.look(step.name, 'before', signal);
      if (step.way === undefined) await drift.before(step, signal);
      await rollback?.before(step, signal);
      await fingerprints.before(step, signal);
      await company.before(step, signal);
      await schema.stepBegins(step.name, RUNS_SQL.has(step.kind));
    },
    afterStep: async (step, isDone) => {
      await updateCounts.look(step.name, 'after', signal);
      await rowCounts.after(step, signal);
      await compatibility.look(step.name, signal);
      await schema.afterStep(step.name);
      await rollback?.after(step, signal);
      await fingerprints.after(step, isDone, signal);
    },
  };
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

type StepProgress = Extract<RunEvent, { type: 'step' }>;

function stepEvent(
  step: Step,
  index: number,
  { state, detail, fraction, etaMs }: Pick<StepProgress, 'state' | 'detail' | 'fraction' | 'etaMs'>,
): StepProgress {
  return { type: 'step', index, name: step.name, phase: step.phase, state, detail, fraction, etaMs };
}
