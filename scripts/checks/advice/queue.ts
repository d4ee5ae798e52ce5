import { formatMs } from '../../shared/format.ts';
import type { Presence } from '../analysis/presence.ts';
import type { Behind } from '../behind.ts';
import { listed } from '../wording.ts';
import { fittingPatience, longerPatience, type Patience } from './patience.ts';
import type { Advice } from './rule.ts';

/** A statement that harmed by waiting in the queue rather than by what it did. */
export function queueAdvice(sql: string, behind: Behind, budgetMs: number | undefined): Advice {
  const who = behind.names.length === 0 ? 'others' : listed(behind.names);
  const patience = fittingPatience(budgetMs, staysMs(behind.actors));
  const timeout = yamlMs(patience.lockTimeoutMs);
  return {
    effect: `It did nothing yet: it waited behind ${who}, and everybody who came later waited behind it.`,
    advice:
      `Give the step lockTimeout: ${timeout} and retries: ${patience.retries}: it then gives up its place in the queue early, ` +
      `lets the app through and tries again${until(patience, behind)}.`,
    insteadSql: `set lock_timeout = '${timeout}';\n${sql.trim().replace(/;$/, '')};\n-- on error 55P03 (lock_not_available): wait a second, then try again`,
  };
}

/** Tries of a statement that gave way each time, and never got its lock. */
export interface GivenUp {
  /** How long a try waited. */
  readonly lockTimeoutMs: number;
  /** Pause before the first retry; null = there was none. */
  readonly pauseMs: number | null;
  /** From the first try to the end of the last one. */
  readonly lastedMs: number;
}

/** What to do where a step gave way as it should, and those in its way stayed longer than its retries. */
export function givenUpAdvice(behind: Behind, { lockTimeoutMs, pauseMs, lastedMs }: GivenUp): string {
  const who = listed(behind.names);
  const stays = staysMs(behind.actors);
  const patience =
    pauseMs === null
      ? fittingPatience(lockTimeoutMs, stays)
      : longerPatience(lockTimeoutMs, pauseMs, stays ?? lastedMs * 2);
  return (
    `It gave way as it should, but ${who} stayed longer than its tries, which went on for ${formatMs(lastedMs)}. ` +
    `Before the step, wait until nobody like that is there or end them (pg_cancel_backend), or give it retries: ${patience.retries}, ` +
    `which go on for ${formatMs(patience.lastsMs)}${stays === null ? '' : `: ${who} stays ${formatMs(stays)}`}.`
  );
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
