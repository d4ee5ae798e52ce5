import type { CommandNetwork, NamedPlan, SnapshotSource, Step } from './model.ts';
import type { WrittenNetwork } from './schema/schema-commands.ts';

type Commands = Extract<SnapshotSource | Step, { kind: 'command' }>;

/** The network that a command has by its own word, else by the word for all; `open` is none of its own. */
export function networkOf(
  own: WrittenNetwork | undefined,
  forAll: WrittenNetwork | undefined,
): { readonly network?: CommandNetwork } {
  const network = own ?? forAll ?? 'open';
  return network === 'open' ? {} : { network };
}

/** Every command of a rehearsal: the snapshot's, and those of its plan or plans. */
export function commandsOf({
  snapshot,
  plan,
  plans,
}: {
  readonly snapshot: SnapshotSource;
  readonly plan: readonly Step[];
  readonly plans?: readonly NamedPlan[];
}): Commands[] {
  const steps = plans?.flatMap((one) => one.steps) ?? plan;
  return [snapshot, ...steps].filter((each): each is Commands => each.kind === 'command');
}
