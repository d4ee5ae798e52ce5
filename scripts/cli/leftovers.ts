import type { Leftover, Look, NotOurs, Target, Tell, Unseen } from '../../infra/contract/target.ts';
import { asError } from '../shared/errors.ts';
import { plural } from '../shared/text/format.ts';
import type { Io } from './output/io.ts';
import type { Output } from './output/output.ts';
import { plainText } from './output/plain-text.ts';

/** A leftover as JSON. */
export function leftoverRecord({
  target,
  runId,
  what,
  expiresAt,
  inUse,
}: Leftover): Omit<Leftover, 'remove' | 'ownerDied'> {
  return { target, runId, what, expiresAt, inUse };
}

/** How long a run that begins waits for a target that it does not use. */
const BEFORE_RUN_MS = 20_000;

/** `could not look at target raff: its API does not answer` */
export function unseenLine({ target, why }: Unseen): string {
  return `could not look at target ${target}: ${plainText(why)}`;
}

/** Where the caller is: the rehearsals there say on which hosts and in which clouds something may be left. */
type Place = Pick<Io, 'cwd' | 'env'>;

/** Everything of this user that is alive on any target, whichever run it is of, and which targets could not be looked at. */
export async function sweepAll(place: Place, limitMs?: number): Promise<Look<Leftover>> {
  const { sweep } = await import('../../infra/reap.ts');
  return sweep({ targets: await targetsNear(place), ...(limitMs === undefined ? {} : { limitMs }) });
}

/** What looks like ours on any target and is not. */
export async function findNotOurs(place: Place): Promise<Look<NotOurs>> {
  const reaper = await import('../../infra/reap.ts');
  return reaper.findNotOurs({ targets: await targetsNear(place) });
}

/** Every target, with what the rehearsals here say of it. */
export async function targetsNear({ cwd, env }: Place): Promise<Target[]> {
  const [{ targetsOf }, { knownTargets }] = await Promise.all([
    import('../../infra/targets/index.ts'),
    import('../plan/read/settings/known-targets.ts'),
  ]);
  return targetsOf(await knownTargets(cwd, env));
}

/** Its run is dead, so nobody needs it. */
export function isDead({ inUse }: Leftover): boolean {
  return !inUse;
}

/** Its time is over, although somebody seems to use it still. */
export function hasExpired({ expiresAt }: Leftover, nowMs: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

/**
 * Removes what runs of this machine left whose owner is known to be dead, hosts included, before another run starts. A failure
 * is said and stops nothing.
 */
export async function removeDeadRuns(
  { io, out }: { readonly io: Place; readonly out: Output },
  except?: string,
  look = sweepAll,
): Promise<void> {
  try {
    const { found, unseen } = await look(io, BEFORE_RUN_MS);
    for (const one of unseen) out.problem(`${unseenLine(one)}; what dead runs left there stays for now`);
    const dead = found.filter(({ ownerDied, runId }) => ownerDied && runId !== except);
    if (dead.length === 0) return;
    const note: Tell = (line) => {
      out.note(line);
    };
    for (const failure of await removeAll(dead, note)) out.problem(failure);
    // What a removal says is one thing, what a second look finds is another.
    const left = new Set((await look(io, BEFORE_RUN_MS)).found.map(({ runId }) => runId));
    const gone = [...new Set(dead.map(({ runId }) => runId))].filter((runId) => !left.has(runId));
    if (gone.length > 0) out.note(`removed what ${plural(gone.length, 'dead run')} left: ${gone.join(', ')}`);
  } catch (error) {
    out.problem(`could not look for what dead runs left: ${asError(error).message}`);
  }
}

/** Removes each, also what is in use: the caller has chosen. Returns a line for each that could not be. */
export async function removeAll(leftovers: readonly Leftover[], tell: Tell): Promise<string[]> {
  if (leftovers.length === 0) return [];
  const { reap } = await import('../../infra/reap.ts');
  const wanted = leftovers.map((leftover) => ({ ...leftover, inUse: false }));
  const { failed } = await reap(wanted, tell);
  return failed.map(
    ({ leftover, error }) => `could not remove ${leftover.what} of ${leftover.runId}: ${error.message}`,
  );
}
