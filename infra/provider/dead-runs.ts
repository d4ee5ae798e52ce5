import { z } from 'zod';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { errorText, runRehearse, type RehearseEnd } from './rehearse-child.ts';
import type { RehearseCommand } from './rehearse-command.ts';

const leftoverSchema = z.object({ runId: z.string(), what: z.string(), inUse: z.boolean() });
const unseenSchema = z.object({ target: z.string(), why: z.string() });
const reapSchema = z.object({
  remaining: z.array(leftoverSchema),
  notes: z.array(z.string()).default([]),
  couldNotLook: z.array(unseenSchema).default([]),
});
const listSchema = z.object({ alive: z.array(leftoverSchema) });

type Leftover = z.infer<typeof leftoverSchema>;
/** Takes a line that people have to know of a removal. */
type Note = (line: string) => void;

/** What dead runs have left on this machine: a line for each thing. */
export async function deadLeftovers(command: RehearseCommand): Promise<string[]> {
  const end = await runRehearse(command, ['list', '--json'], {});
  return dead(documentOf(end, listSchema).alive);
}

/**
 * Removes what dead runs have left and returns what is there all the same. Runs that go on keep what they have; a target that
 * cannot be looked at is told and is no failure, for it may be none of this stack's.
 */
export async function removeDead(command: RehearseCommand, note: Note): Promise<string[]> {
  const end = await runRehearse(command, ['reap', '--execute', '--json'], {});
  const { remaining, notes, couldNotLook } = documentOf(end, reapSchema);
  notes.forEach(note);
  couldNotLook.map(unseenText).forEach(note);
  return dead(remaining);
}

/**
 * Removes everything of one run, kept hosts too.
 * @param target the run's; `auto` may have been any
 * @throws LEFTOVERS with what is left or could not be looked at, and the command that removes it
 */
export async function removeRun(
  command: RehearseCommand,
  { runId, target }: { readonly runId: string; readonly target: string },
  note: Note,
): Promise<void> {
  const end = await runRehearse(command, ['reap', '--run', runId, '--execute', '--json'], {});
  const { remaining, notes, couldNotLook } = documentOf(end, reapSchema);
  notes.forEach(note);
  const unseen = couldNotLook.filter((one) => target === 'auto' || target === one.target);
  const left = remaining.filter((leftover) => leftover.runId === runId);
  failIfAny([...left.map(line), ...unseen.map(unseenText)], runId);
}

/** @throws LEFTOVERS */
export function failIfAny(leftovers: readonly string[], runId?: string): void {
  if (leftovers.length === 0) return;
  const one = runId === undefined ? '' : ` --run ${runId}`;
  throw new RehearsalError('LEFTOVERS', `could not remove:\n${leftovers.join('\n')}`, {
    hint: `npm run -s rehearse -- reap${one} --execute tries again and says why`,
  });
}

function dead(leftovers: readonly Leftover[]): string[] {
  return leftovers.filter(({ inUse }) => !inUse).map(line);
}

function unseenText({ target, why }: z.infer<typeof unseenSchema>): string {
  return `could not look at target ${target}: ${why}`;
}

function line({ runId, what }: Leftover): string {
  return `${runId}  ${what}`;
}

/** Leftovers are no reason to fail here: the document says what they are. */
function documentOf<T>(end: RehearseEnd, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(end.stdout));
  } catch {
    throw new Error(errorText(end));
  }
}
