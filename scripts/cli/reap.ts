import type { Leftover, NotOurs, Unseen } from '../../infra/contract/target.ts';
import { REAPER_INSTALLS } from '../nightly/install/reaper/kinds.ts';
import { EXIT, RehearsalError } from '../shared/errors.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { install } from './install.ts';
import * as leftovers from './leftovers.ts';
import { hasExpired, isDead, leftoverRecord, unseenLine } from './leftovers.ts';
import { plainText } from './output/plain-text.ts';

interface ReapOptions {
  readonly execute?: true;
  readonly run?: string;
  readonly unlessUsed?: true;
  readonly json?: true;
  readonly install?: string;
}

export const addReap: AddVerb = (verb, context, finish) => {
  verb
    .option('--execute', 'remove what dead runs left, and what has expired though it seems in use')
    .option('--run <id>', 'look at this run only; with --execute remove it even while it is in use')
    .option('--unless-used', 'with --run and --execute: leave the run alone while it is in use')
    .option(
      '--install <kind>',
      'show what reaps on its own: systemd, cron or github; with --execute write it',
    )
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText(
      'after',
      examples(
        'reap',
        'reap --execute',
        'reap --run my-change-20261122-120000-0a1b --execute',
        'reap --install systemd',
      ),
    )
    .action(async (options: ReapOptions) => {
      finish(
        await (options.install === undefined
          ? reap(options, context)
          : install(REAPER_INSTALLS, options, context)),
      );
    });
};

/** What there is before and after. */
interface Outcome {
  readonly removed: readonly Leftover[];
  readonly remaining: readonly Leftover[];
  /** Empty where one run was asked for. */
  readonly notOurs: readonly NotOurs[];
  /** Where nobody could look: what is there stays. */
  readonly unseen: readonly Unseen[];
  /** What people have to know besides, as lines. */
  readonly notes: readonly string[];
}

/**
 * Looks, with `execute` removes, and looks again; without `execute` nothing is removed. The looks and the removal can be
 * others, for a test. Where a target could not be looked at, something may remain.
 * @throws RUN_NOT_FOUND where nothing carries the claim of the run that was asked for
 */
export async function reap(
  options: ReapOptions,
  context: CliContext,
  { sweepAll, removeAll, findNotOurs }: Sweeper = leftovers,
): Promise<number> {
  const { execute, run } = options;
  const look = async () => {
    const { found, unseen } = await sweepAll(context.io);
    return { found: found.filter(({ runId }) => run === undefined || runId === run), unseen };
  };
  const before = await look();
  const { found } = before;
  const wanted = execute ? found.filter((leftover) => isUnwanted(leftover, options)) : [];
  const notes: string[] = [];
  for (const failure of await removeAll(wanted, (line) => notes.push(line))) context.out.problem(failure);
  for (const note of notes) context.out.note(note);
  // What a removal says is one thing, what a second look finds is another.
  const after = wanted.length === 0 ? before : await look();
  const remaining = after.found;
  const removed = wanted.filter(
    ({ what, runId }) => !remaining.some((left) => left.what === what && left.runId === runId),
  );
  const others = run === undefined ? await findNotOurs(context.io) : { found: [], unseen: [] };
  const unseen = firstOfEach([...after.unseen, ...before.unseen, ...others.unseen]);
  tell({ removed, remaining, notOurs: others.found, unseen, notes }, options, context);
  if (run !== undefined && found.length === 0 && unseen.length === 0) throw unknownRun(run);
  const mayRemain = remaining.some((leftover) => isUnwanted(leftover, options)) || unseen.length > 0;
  return mayRemain ? EXIT.leaked : EXIT.ok;
}

/** The first reason of each target. */
function firstOfEach(unseen: readonly Unseen[]): Unseen[] {
  return unseen.filter(({ target }, at) => unseen.findIndex((other) => other.target === target) === at);
}

type Sweeper = Pick<typeof leftovers, 'sweepAll' | 'removeAll' | 'findNotOurs'>;

function isUnwanted(leftover: Leftover, { execute, run, unlessUsed }: ReapOptions): boolean {
  const inAnyCase = run !== undefined && execute === true && unlessUsed !== true;
  return isDead(leftover) || hasExpired(leftover, Date.now()) || inAnyCase;
}

function tell(outcome: Outcome, options: ReapOptions, { out }: CliContext): void {
  const { removed, remaining, notOurs, unseen, notes } = outcome;
  if (options.json) {
    const records = { removed: removed.map(leftoverRecord), remaining: remaining.map(leftoverRecord) };
    const couldNotLook = unseen.length === 0 ? {} : { couldNotLook: unseen };
    const told = notes.length === 0 ? {} : { notes };
    out.document({ schemaVersion: 1, ...records, notOurs, ...couldNotLook, ...told });
    return;
  }
  for (const { runId, what } of removed) out.result(`removed  ${runId}  ${what}`);
  for (const leftover of remaining)
    out.result(`left     ${leftover.runId}  ${leftover.what}  (${why(leftover, options)})`);
  for (const other of notOurs) out.result(`not ours ${plainText(other.what)}  (${other.why}: left alone)`);
  for (const one of unseen) out.result(`${unseenLine(one)} (something may be left there)`);
  const nothing = removed.length + remaining.length + unseen.length === 0;
  if (nothing && options.run === undefined) out.result('nothing left behind');
}

function why(leftover: Leftover, { execute }: ReapOptions): string {
  if (execute && (isDead(leftover) || hasExpired(leftover, Date.now()))) return 'could not be removed';
  const command = `rehearse reap --execute --run ${leftover.runId} removes it`;
  if (isDead(leftover)) return `its run is dead: ${command}`;
  if (hasExpired(leftover, Date.now())) return `in use, but expired: ${command}`;
  return leftover.expiresAt === null ? 'in use' : `in use until ${leftover.expiresAt}`;
}

function unknownRun(run: string): RehearsalError {
  return new RehearsalError('RUN_NOT_FOUND', `unknown run ${run}: nothing here carries its claim`, {
    hint: 'rehearse list shows the runs that are here, and what is still alive; what a run left may be gone already',
  });
}
