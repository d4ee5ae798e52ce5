import { formatMs } from '../../shared/text/format.ts';
import type { Presence } from '../analysis/presence.ts';
import type { Behind } from '../stops/behind.ts';
import { listed } from '../wording.ts';
import { placeOf } from '../settings/overridden.ts';
import { RETRY_PAUSE_MS } from '../../plan/retry-policy.ts';
import { fittingPatience, longerPatience, type Patience } from './patience.ts';
import type { Advice } from './rule.ts';
import type { WaitsBy } from '../settings/waits-by.ts';

/** A statement that harmed by waiting in the queue rather than by what it did. */
export function queueAdvice(
  sql: string,
  behind: Behind,
  budgetMs: number | undefined,
  waitsBy: WaitsBy,
): Advice {
  const patience = fittingPatience(budgetMs, staysMs(behind.actors));
  const timeout = yamlMs(patience.lockTimeoutMs);
  const scope = waitsBy.own?.isLocal === true ? 'local ' : '';
  return {
    effect: queueEffect(behind),
    advice:
      `${change(waitsBy, timeout, patience.retries)}: it then gives up its place in the queue early, ` +
      `lets the app through and tries again${until(patience, behind)}.`,
    insteadSql: `set ${scope}lock_timeout = '${timeout}';\n${sql.trim().replace(/;$/, '')};\n-- on error 55P03 (lock_not_available): wait a second, then try again`,
  };
}

export function queueEffect({ names }: Behind): string {
  const who = names.length === 0 ? 'others' : listed(names);
  return `It did nothing yet: it waited behind ${who}, and everybody who came later waited behind it.`;
}

/** What has to be written otherwise, where it is in force; never fewer retries than there are. */
function change({ own, lockTimeoutMs, retries = 0 }: WaitsBy, timeout: string, enough: number): string {
  if (own === undefined)
    return `Give the step lockTimeout: ${timeout} and retries: ${Math.max(retries, enough)}`;
  const does = own.value === null ? 'resets lock_timeout' : `sets lock_timeout to ${own.value}`;
  const over =
    lockTimeoutMs === undefined
      ? 'any lockTimeout of the step'
      : `the step's lockTimeout: ${yamlMs(lockTimeoutMs)}`;
  const more = retries >= enough ? '' : `, and give the step retries: ${enough}`;
  return `${placeOf(own)} ${does} by itself and so wins over ${over}: write ${timeout} there${more}`;
}

/** Tries of a statement that gave way each time, and never got its lock. */
interface GivenUp {
  /** How long a try waited. */
  readonly lockTimeoutMs: number;
  /** Pause before the first retry; null = there was none. */
  readonly pauseMs: number | null;
  /** From the first try to the end of the last one. */
  readonly lastedMs: number;
}

/** What to do where a step gave way as it should, and those in its way stayed longer than its retries. */
export function givenUpAdvice(
  behind: Behind,
  { lockTimeoutMs, pauseMs, lastedMs }: GivenUp,
  budgetMs: number | undefined,
  waitsBy: WaitsBy,
): string {
  const who = listed(behind.names);
  const stays = staysMs(behind.actors);
  const isTooLong = lockTimeoutMs > (budgetMs ?? Infinity);
  // The timeout that was in force stays what it is, where the app may wait so long.
  const timeoutMs = isTooLong ? fittingPatience(budgetMs, null).lockTimeoutMs : lockTimeoutMs;
  const patience =
    pauseMs === null
      ? longerPatience(timeoutMs, RETRY_PAUSE_MS, stays)
      : longerPatience(timeoutMs, pauseMs, stays ?? lastedMs * 2);
  const goesOn = `for ${formatMs(patience.lastsMs)}${stays === null ? '' : `: ${who} stays ${formatMs(stays)}`}.`;
  const instead = 'Before the step, wait until nobody like that is there or end them (pg_cancel_backend)';
  return (
    `It gave way as it should, but ${who} stayed longer than its tries, which went on for ${formatMs(lastedMs)}. ` +
    (isTooLong
      ? `${instead}. Otherwise: ${lowered(change(waitsBy, yamlMs(timeoutMs), patience.retries))}. Each try then stops the app for less than it may wait, and they go on ${goesOn}`
      : `${instead}, or give it retries: ${patience.retries}, which go on ${goesOn}`)
  );
}

function lowered(text: string): string {
  return text.replace(/^Give/, 'give');
}

/** How long the last of them stays, from his coming; null where that is not known, or to the end of the plan. */
function staysMs(actors: readonly Presence[]): number | null {
  const stays = actors.map(({ plannedMs }) => plannedMs);
  const known = stays.filter((ms) => ms !== null);
  return known.length === 0 || known.length < stays.length ? null : Math.max(...known);
}

function until({ lastsMs }: Patience, { actors, names }: Behind): string {
  const stays = staysMs(actors);
  return stays === null
    ? ''
    : `, for ${formatMs(lastsMs)} in all, while ${listed(names)} stays ${formatMs(stays)}`;
}

function yamlMs(ms: number): string {
  return `${Math.round(ms)}ms`;
}

/** A statement whose lock was kept by what its transaction did afterwards. */
export function transactionAdvice(): Advice {
  return {
    effect: 'Most of the time its lock was only kept because its transaction went on.',
    advice:
      'End the transaction right after it, and put what needs no lock on that table before it or into a transaction of its own.',
    insteadSql: null,
  };
}

/** The same, where the statement alone would be over the budget already. */
export function tooLongByItself(own: Advice | undefined, ownMs: number): Advice {
  const { effect, advice } = transactionAdvice();
  const both = `To end its transaction right after it is not enough: it took ${formatMs(ownMs)} by itself.`;
  if (own !== undefined) return { ...own, advice: `${own.advice} ${both}` };
  return {
    effect,
    advice: `${advice} That alone is not enough: it took ${formatMs(ownMs)} by itself.`,
    insteadSql: null,
  };
}

/** A change of a type with the ANALYZE behind it, which must stay together and cost the lock that long. */
export function analysedInsideAdvice(): Advice {
  return {
    effect: 'Its lock was kept while ANALYZE read its sample of the table.',
    advice:
      'Keep the ANALYZE in its transaction: apart, every query is planned without statistics until it ends, and connections keep such plans. ' +
      'Make it shorter instead: ANALYZE the changed columns alone, with a lower statistics target (SET LOCAL default_statistics_target), in an hour when the table is asked for least.',
    insteadSql: null,
  };
}

/** An advisory lock that the app asks for as well: it belongs to no table, and a transaction's end need not free it. */
export function advisoryAdvice(): Advice {
  return {
    effect: 'It held an advisory lock whose key the app asks for as well.',
    advice:
      'Give the plan a key of its own, which nothing of the app asks for. Where the two must really exclude each other, hold it for one batch at a time (pg_advisory_xact_lock in short transactions), so that the app gets its turn in between.',
    insteadSql: null,
  };
}
