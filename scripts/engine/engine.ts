import { availableParallelism } from 'node:os';
import { plannedStep } from '../artifacts/planned-step.ts';
import type { PlayingRecord } from '../artifacts/records/records.ts';
import type { PlannedPlaying, Rehearsal, Scenario, Step } from '../plan/model.ts';
import { planWithCuts } from '../plan/interruption.ts';
import { planWithWayBack } from '../plan/way-back.ts';
import type { StepFailure } from '../replay/session/step-failure.ts';
import { keepPrivateWordsIn } from '../shared/text/private-words.ts';
import { RunClock } from '../shared/run-clock.ts';
import { redact } from '../shared/text/redact.ts';
import { QuietRows } from '../probes/fingerprints/quiet-rows.ts';
import { ServerWatches } from '../probes/server-watch/server-watches.ts';
import { untilAborted } from '../shared/until-aborted.ts';
import { DatabaseCopies } from '../snapshot/database-copies.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import { play } from './play-plan.ts';
import type { Playing } from './playing.ts';
import { prepareDatabase } from './prepare.ts';
import { mendSuperuser, openToolLogin } from './roles/tool-login.ts';
import type { ServerFacts } from './settings.ts';

interface EngineRun extends Omit<Playing, 'scenario' | 'watches' | 'superuser' | 'quiet'> {
  /** At least one, in order of time. */
  readonly playings: readonly PlannedPlaying[];
  /** As soon as the server runs as configured. */
  readonly onServer: (facts: ServerFacts) => Promise<void>;
}

type Watched = Pick<Playing, 'watches'>;
type Prepared = EngineRun & Pick<Playing, 'watches' | 'superuser' | 'quiet'>;

/** How long what goes on may take to close what it opened when a server is gone. */
const UNWIND_MS = 3_000;

/**
 * Snapshot, load, replay and probes: everything between an environment that is up and the evidence in the run folder. Of
 * several playings each has its own clock, its own folder and a fresh copy of the database.
 * @returns the first failure that ended the plan early, or undefined
 */
export async function runEngine(run: EngineRun): Promise<StepFailure | undefined> {
  const watches = new ServerWatches(run.environment);
  const signal = AbortSignal.any([run.signal, watches.failed]);
  const { environment } = run;
  const watched: EngineEnvironment = {
    primary: environment.primary,
    standby: environment.standby,
    restoreSettings: environment.restoreSettings,
    scratchDir: environment.scratchDir,
    enclose: environment.enclose,
    others: environment.others,
    copy: environment.copy,
    bases: environment.bases && {
      content: environment.bases.content,
      begun: environment.bases.begun,
      keep: (base, stop) => watches.without(async () => environment.bases?.keep(base, stop)),
    },
    switchTo: (mode, stop) => watches.without(() => environment.switchTo(mode, stop)),
  };
  try {
    await watches.start();
    return await untilAborted(
      () => rehearse({ ...run, signal, watches, environment: watched }),
      signal,
      UNWIND_MS,
    );
  } catch (error) {
    // What goes wrong because a server has ended is told by its end.
    if (!signal.aborted) await watches.settled();
    throw error;
  } finally {
    await watches.stop();
  }
}

async function rehearse(unprepared: EngineRun & Watched): Promise<StepFailure | undefined> {
  const { rehearsal, environment, folder, onEvent, signal, playings } = unprepared;
  keepPrivateWordsIn(folder.path);
  const jobs = availableParallelism();
  const database = { rehearsal, environment, folder, jobs, signal, onEvent };
  await unprepared.onServer(await prepareDatabase(database));
  const { primary: superuser } = environment;
  const tool = await openToolLogin(superuser, signal);
  const quiet = new QuietRows();
  const run: Prepared = { ...unprepared, superuser, quiet, environment: { ...environment, primary: tool } };
  const [only] = playings;
  if (only && playings.length === 1) {
    const playing = playingOf(only, run);
    if (!hasOwnPlan(playing.scenario)) return play(playing);
    // The run's own record tells no other plan than the author's.
    onEvent({ type: 'playing', ...only, of: 1, steps: playing.rehearsal.plan });
    return record(only, playing);
  }

  const copies = await DatabaseCopies.of(tool, signal);
  let first: StepFailure | undefined;
  for (const planned of playings) {
    const playing = playingOf(planned, run);
    const steps = hasOwnPlan(playing.scenario) ? { steps: playing.rehearsal.plan } : {};
    onEvent({ type: 'playing', ...planned, of: playings.length, ...steps });
    await mendSuperuser(superuser, tool, signal);
    await copies.fresh(signal);
    const own = await folder.createPlaying(planned.index);
    const failure = await record(planned, { ...playing, folder: own, clock: new RunClock() });
    first ??= failure;
  }
  return first;
}

/** One playing with a record of its own. */
async function record(planned: PlannedPlaying, playing: Playing): Promise<StepFailure | undefined> {
  const { folder, clock, rehearsal, scenario } = playing;
  const begun: PlayingRecord = {
    ...planned,
    startedAt: clock.startedAt,
    endedAt: null,
    outcome: 'running',
    problem: null,
    ...(hasOwnPlan(scenario) && { plan: rehearsal.plan.map(plannedStep) }),
  };
  await folder.writeDocument('playing', begun);
  const failure = await play(playing);
  await folder.writeDocument('playing', {
    ...begun,
    endedAt: new Date().toISOString(),
    outcome: failure === undefined ? 'completed' : 'step-failed',
    problem: failure === undefined ? null : redact(failure.message),
  });
  return failure;
}

/** The plan as its scenario plays it, in the run's own folder and on its clock. */
function playingOf(planned: PlannedPlaying, run: Prepared): Playing {
  const scenario = scenarioOf(planned, run);
  const plan = planOf(scenario, run.rehearsal);
  return { ...run, scenario, rehearsal: { ...run.rehearsal, plan } };
}

function planOf(
  { planName, backFrom, askedAfter, interruption }: Scenario,
  rehearsal: Rehearsal,
): readonly Step[] {
  const plan = planOfName(planName, rehearsal);
  if (backFrom !== undefined) return planWithWayBack(plan, backFrom, rehearsal.load, askedAfter);
  return interruption === undefined ? plan : planWithCuts(plan, interruption);
}

function hasOwnPlan({ planName, backFrom, interruption }: Scenario): boolean {
  return planName !== undefined || backFrom !== undefined || interruption !== undefined;
}

function planOfName(name: string | undefined, { plan, plans }: Rehearsal): readonly Step[] {
  if (name === undefined) return plan;
  const found = plans?.find((one) => one.name === name);
  if (!found) throw new TypeError(`no plan ${name}`);
  return found.steps;
}

function scenarioOf({ scenario }: PlannedPlaying, { rehearsal }: EngineRun): Scenario {
  const found = rehearsal.scenarios.find(({ name }) => name === scenario);
  if (!found) throw new TypeError(`no scenario ${scenario}`);
  return found;
}
