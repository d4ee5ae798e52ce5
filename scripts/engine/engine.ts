import { availableParallelism } from 'node:os';
import type { StepFailure } from '../replay/step-failure.ts';
import { perform, type Performance } from './perform.ts';
import { prepareDatabase } from './prepare.ts';
import type { ServerFacts } from './settings.ts';

export interface EngineRun extends Omit<Performance, 'scenario'> {
  /** As soon as the server runs as configured. */
  readonly onServer: (facts: ServerFacts) => Promise<void>;
}

/**
 * Snapshot, load, replay and probes: everything between an environment that is up and the evidence in the run folder.
 * @returns the failure that ended the plan early, or undefined
 */
export async function runEngine(run: EngineRun): Promise<StepFailure | undefined> {
  const { rehearsal, environment, folder, onEvent, signal } = run;
  const jobs = availableParallelism();
  await run.onServer(await prepareDatabase(rehearsal, environment, folder, jobs, signal, onEvent));
  const [scenario = { name: 'quiet', actors: [] }] = rehearsal.scenarios;
  return perform({ ...run, scenario });
}
