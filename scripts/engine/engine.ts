import { availableParallelism } from 'node:os';
import type { RunFolder } from '../artifacts/run-folder.ts';
import { loadSamples } from '../load/samples.ts';
import { withConnection } from '../pg/client.ts';
import type { Rehearsal, Step } from '../plan/model.ts';
import { CompatibilityProbe, type VersionScripts } from '../probes/compatibility.ts';
import { LockWatch } from '../probes/lock-watch.ts';
import { ProbeLife } from '../probes/probe-life.ts';
import { ServerProbe } from '../probes/server-probe.ts';
import { replay } from '../replay/replay.ts';
import type { StepFailure } from '../replay/step-failure.ts';
import { Cleanup } from '../shared/cleanup.ts';
import { sleep } from '../shared/clock.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { requireHealthyStart, warmUp } from './baseline.ts';
import type { EngineEnvironment } from './environment.ts';
import type { OnEvent } from './events.ts';
import { prepareDatabase } from './prepare.ts';
import type { ServerFacts } from './settings.ts';
import { RunTraffic } from './traffic.ts';

export interface EngineRun {
  readonly rehearsal: Rehearsal;
  readonly versions: readonly VersionScripts[];
  readonly environment: EngineEnvironment;
  readonly folder: RunFolder;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** As soon as the server runs as configured. */
  readonly onServer: (facts: ServerFacts) => Promise<void>;
}

/**
 * Snapshot, load, replay and probes: everything between an environment that is up and the evidence in the run folder.
 * @returns the failure that ended the plan early, or undefined
 */
export async function runEngine(run: EngineRun): Promise<StepFailure | undefined> {
  const { rehearsal, environment, folder, onEvent } = run;
  const jobs = availableParallelism();
  await run.onServer(await prepareDatabase(rehearsal, environment, folder, jobs, run.signal, onEvent));
  const cleanup = new Cleanup();
  try {
    return await underLoad(run, cleanup);
  } finally {
    for (const { label, error } of await cleanup.run()) {
      onEvent({ type: 'note', message: `could not close ${label}: ${error.message}` });
    }
  }
}

async function underLoad(run: EngineRun, cleanup: Cleanup): Promise<StepFailure | undefined> {
  const { rehearsal, versions, environment, folder, clock, onEvent } = run;
  const writer = <K extends Parameters<RunFolder['writer']>[0]>(
    name: K,
  ): ReturnType<typeof folder.writer<K>> => {
    const opened = folder.writer(name);
    cleanup.add(`${name}.ndjson`, () => opened.close());
    return opened;
  };
  const life = new ProbeLife(writer('probes'), clock);
  const endpoint = environment.primary;
  const { seed } = rehearsal.load;
  const pools = await withConnection(
    endpoint,
    'setup',
    (client) =>
      loadSamples(
        client,
        versions.flatMap(({ scripts }) => scripts),
        seed,
      ),
    run.signal,
  );
  const compatibility = new CompatibilityProbe({
    endpoint,
    versions,
    pools,
    seed,
    writer: writer('compatibility'),
    life,
  });
  requireHealthyStart(rehearsal, await compatibility.look('start', run.signal));

  let lagMs: number | null = null;
  const server = await ServerProbe.start(endpoint, { writer: writer('server'), clock, life }, (record) => {
    lagMs = record.replayLagMs;
  });
  cleanup.add('server probe', () => server.stop());
  const watch = await LockWatch.start(endpoint, {
    clock,
    life,
    waits: writer('waits'),
    locks: writer('locks'),
  });
  cleanup.add('lock watch', () => watch.stop());
  const steps = writer('steps');
  const batches = writer('batches');
  const traffic = await RunTraffic.start({ ...run, endpoint, pools, life, standbyLagMs: () => lagMs });
  cleanup.add('load', () => traffic.release());
  const signal = AbortSignal.any([run.signal, traffic.died]);

  onEvent({ type: 'stage', stage: 'baseline', state: 'started', detail: '', fraction: 0, etaMs: null });
  await warmUp(rehearsal, traffic, clock, signal, onEvent);
  let current = { index: 0, step: rehearsal.plan[0] };
  const failure = await replay(
    {
      ...{ rehearsal, primary: endpoint, clock, watch, traffic, steps, batches, signal },
      progress: (detail, fraction, etaMs) => {
        const { index, step } = current;
        if (step) onEvent(stepEvent(step, index, 'progress', detail, fraction, etaMs));
      },
    },
    {
      onStart: (step, index) => {
        current = { index, step };
        onEvent(stepEvent(step, index, 'started', '', 0, null));
      },
      onEnd: (step, index, status, detail) => {
        onEvent(stepEvent(step, index, status === 'ok' ? 'done' : status, detail, null, null));
      },
      afterStep: async (step) => {
        await compatibility.look(step.name, signal);
      },
    },
  );
  await sleep(rehearsal.load.cooldownMs, signal);
  await traffic.stop();
  compatibility.stop();
  return failure;
}

function stepEvent(
  step: Step,
  index: number,
  state: 'started' | 'progress' | 'done' | 'failed' | 'skipped',
  detail: string,
  fraction: number | null,
  etaMs: number | null,
): Parameters<OnEvent>[0] {
  return { type: 'step', index, name: step.name, phase: step.phase, state, detail, fraction, etaMs };
}
