import { z } from 'zod';
import { deadLeftovers, failIfAny, removeDead } from './dead-runs.ts';
import type { RehearseCommand } from './rehearse-command.ts';
import { defineResource, type Call, type Properties, type Resource } from './resource.ts';

const stateSchema = z.looseObject({ leftovers: z.array(z.string()).optional() });

/**
 * Sees to it that nothing stays of a stack's rehearsals. It is on record before the first of them starts, so that
 * `pulumi destroy` has something to delete when a kill left no other trace.
 */
export function teardown(command: RehearseCommand): Resource {
  const sweep = async ({ log }: Call): Promise<Properties> => {
    const leftovers = await removeDead(command, log.note);
    for (const leftover of leftovers) log.warn(`could not remove ${leftover}`);
    return { leftovers };
  };
  return defineResource({
    inputs: z.strictObject({}),
    state: stateSchema,
    diff: ({ leftovers = [] }) => ({ changes: leftovers.length > 0 }),
    create: async (_inputs, call) => ({ id: 'teardown', outputs: await sweep(call) }),
    read: async () => ({ leftovers: await deadLeftovers(command) }),
    update: (_id, _state, _inputs, call) => sweep(call),
    delete: async (_id, _state, { log }) => {
      failIfAny(await removeDead(command, log.note));
    },
  });
}
