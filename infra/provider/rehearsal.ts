import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROJECT_ROOT } from './project-root.ts';
import { removeRun } from './reap.ts';
import { changesInWords } from './rehearsal-changes.ts';
import { rehearsalInputSchema, rehearsalStateSchema } from './rehearsal-inputs.ts';
import { rehearse } from './rehearsal-run.ts';
import type { RehearseCommand } from './rehearse-command.ts';
import { defineResource, type Resource } from './resource.ts';

/**
 * One rehearsal in a child process. Creating or updating it rehearses; what is on record is a rehearsal that passed, or a
 * run of which hosts may be left. The id is that of the first run.
 */
export function rehearsal(command: RehearseCommand): Resource {
  return defineResource({
    inputs: rehearsalInputSchema,
    state: rehearsalStateSchema,
    announce({ target, steps }, { log }) {
      log.note(`will be rehearsed for the first time, on target ${String(target)}:\n${lines(steps)}`);
    },
    diff(state, inputs, { log }) {
      const why = changesInWords(state, inputs);
      if (state.verdict === undefined) why.push('the last run did not come to a good end');
      if (why.length > 0) log.note(`will be rehearsed again: ${why.join('; ')}`);
      return { changes: why.length > 0 };
    },
    async create(inputs, call) {
      const outputs = await rehearse(command, inputs, call);
      return { id: outputs.runId, outputs: { ...outputs } };
    },
    read(_id, { resultPath }) {
      const gone = resultPath !== undefined && !existsSync(resolve(PROJECT_ROOT, resultPath));
      return Promise.resolve(gone ? undefined : {});
    },
    async update(id, state, inputs, call) {
      // Its hosts would take the next run's processors, and nobody would know of them afterwards.
      const mayBeUp = state.keep !== undefined || state.verdict === undefined;
      if (mayBeUp) await removeRun(command, state.runId ?? id);
      return { ...(await rehearse(command, inputs, call)) };
    },
    delete: (id, state) => removeRun(command, state.runId ?? id),
  });
}

function lines(steps: unknown): string {
  return Array.isArray(steps) ? steps.map((step) => `  ${String(step)}`).join('\n') : '';
}
