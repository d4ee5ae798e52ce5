import type { StatementResult } from '../contract/result.ts';
import type { LongLists } from './long-lists.ts';

const KB = 1024;
/** For the texts of all statements. */
const TEXT_CHARACTERS = 400 * KB;
const LONGEST_TEXT = 50 * KB;

/** Statements with their own lists cut, and with texts that have room. */
export function fewerInStatements(all: readonly StatementResult[], lists: LongLists): StatementResult[] {
  let some = lists.cut('victimsByScript', all, {
    mostBytes: 100 * KB,
    of: ({ victimsByScript }) => victimsByScript,
    with: (one, victimsByScript) => ({ ...one, victimsByScript }),
    weight: ({ failed, delayed }) => failed * 1e6 + delayed,
  });
  some = lists.cut('locks', some, {
    mostBytes: 200 * KB,
    of: ({ locks }) => locks,
    with: (one, locks) => ({ ...one, locks }),
  });
  some = lists.cut('rewrote', some, {
    mostBytes: 50 * KB,
    of: ({ rewrote }) => rewrote,
    with: (one, rewrote) => ({ ...one, rewrote }),
  });
  some = lists.cut('notices', some, {
    mostBytes: 60 * KB,
    of: ({ notices }) => notices,
    with: (one, notices) => ({ ...one, notices }),
    weight: ({ severity }) => (severity === 'WARNING' ? 1 : 0),
  });
  some = lists.cut('blockers', some, {
    mostBytes: 100 * KB,
    of: ({ blockers }) => blockers,
    with: (one, blockers) => ({ ...one, blockers }),
    weight: ({ ms }) => ms,
  });
  some = lists.cut('waiters', some, {
    mostBytes: 50 * KB,
    of: ({ waiters }) => waiters,
    with: (one, waiters) => ({ ...one, waiters }),
    weight: ({ sessionSeconds }) => sessionSeconds,
  });
  return withRoom(some);
}

/** All texts as they are where there is room for them; else the beginning of each that takes more than its part. */
function withRoom(all: readonly StatementResult[]): StatementResult[] {
  const sum = all.reduce((most, { sql }) => most + sql.length, 0);
  const each = sum <= TEXT_CHARACTERS ? LONGEST_TEXT : Math.floor(TEXT_CHARACTERS / all.length);
  return all.map((one) => (one.sql.length > each ? { ...one, sql: `${one.sql.slice(0, each)} …` } : one));
}
