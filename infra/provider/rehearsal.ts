import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { asError } from '../../scripts/shared/errors.ts';
import { PROJECT_ROOT } from '../project-root.ts';
import { removeRun } from './dead-runs.ts';
import { changesInWords } from './rehearsal-changes.ts';
import {
  rehearsalInputSchema,
  rehearsalStateSchema,
  type RehearsalState,
} from '../resources/rehearsal-inputs.ts';
import { rehearse } from './rehearsal-run.ts';
import { withTargets, type RehearseCommand } from './rehearse-command.ts';
import { defineResource, HalfMade, type Resource } from './resource.ts';
import { NOTHING_NEW, notJudged } from './result-document.ts';

/**
 * One rehearsal in a child process. Creating or updating it rehearses; what is on record is how the last run ended, and with a
 * verdict other than `pass` the update fails. The id is that of the first run.
 */
export function rehearsal(command: RehearseCommand): Resource {
  return defineResource({
    inputs: rehearsalInputSchema,
    state: rehearsalStateSchema,
    announce({ target, steps }, { log }) {
      if (Array.isArray(steps) && steps.length === 0) log.note('has no migration to rehearse');
      else log.note(`will be rehearsed for the first time, on target ${String(target)}:\n${lines(steps)}`);
    },
    diff(state, inputs, { log }) {
      const why = changesInWords(state, inputs);
      if (!SETTLED.includes(state.verdict))
        why.push(`the last run ended with verdict ${state.verdict ?? 'none'}`);
      if (why.length > 0) log.note(`will be rehearsed again: ${why.join('; ')}`);
      return { changes: why.length > 0 };
    },
    async create(inputs, call) {
      const outputs = await rehearse(command, inputs, call);
      return { id: outputs.runId, outputs: { ...outputs } };
    },
    read(_id, { resultPath }) {
      const gone =
        resultPath !== undefined && resultPath !== 'none' && !existsSync(resolve(PROJECT_ROOT, resultPath));
      return Promise.resolve(gone ? undefined : {});
    },
    async update(id, state, inputs, call) {
      // Its hosts would take the next run's processors, and nobody would know of them afterwards.
      const mayBeUp = state.keep !== undefined || state.verdict === undefined || state.verdict === 'none';
      if (mayBeUp) await removeRun(withTargets(command, state.targets), runOf(id, state), call.log.note);
      return { ...(await rehearse(command, inputs, call).catch(onRecord(state.runId ?? id))) };
    },
    delete: async (id, state, { log }) => {
      if (state.verdict === NOTHING_NEW) return;
      await removeRun(withTargets(command, state.targets), runOf(id, state), log.note);
    },
  });
}

/** With such a verdict it is not rehearsed again for its own sake. */
const SETTLED: readonly (string | undefined)[] = ['pass', NOTHING_NEW];

/** The run on record, and where its hosts came from. */
function runOf(id: string, { runId, target, usedTarget }: RehearsalState): { runId: string; target: string } {
  const known = usedTarget === undefined || usedTarget === 'none' ? target : usedTarget;
  return { runId: runId ?? id, target: known ?? 'auto' };
}

/** What is on record would else go on telling of the run before, and pass for the outcome of this one. */
function onRecord(runId: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof HalfMade) throw error;
    const { message } = asError(error);
    throw new HalfMade(runId, { ...notJudged(runId, message) }, [message]);
  };
}

function lines(steps: unknown): string {
  return Array.isArray(steps) ? steps.map((step) => `  ${String(step)}`).join('\n') : '';
}
