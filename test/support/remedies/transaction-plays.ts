import type { Act, Play } from './remedy-play.ts';

const OTHERS = `-- another session: update t set name = 'z' where id = 1;`;
const AGAIN = `begin isolation level repeatable read; select from t; update t set name = 'y' where id = 1; commit`;

const CHANGED_BESIDE: Act = {
  says: `begin isolation level repeatable read;\nselect from t;\n${OTHERS}\nupdate t set name = 'y' where id = 1`,
  async does(client, other) {
    await client.query('begin isolation level repeatable read; select from t');
    await other.query(`update t set name = 'z' where id = 1`);
    await client.query(`update t set name = 'y' where id = 1`);
  },
};

const REPEATED: Act = {
  says: `${CHANGED_BESIDE.says};  -- 40001\nrollback;\n${AGAIN}`,
  async does(client, other) {
    await Promise.resolve(CHANGED_BESIDE.does(client, other)).catch(() => undefined);
    await client.query('rollback');
    await client.query(AGAIN);
  },
};

/** What wants a transaction, what bears none, and who has to repeat one. */
export const TRANSACTION_PLAYS = {
  outsideTransaction: {
    who: 'plan',
    fails: ['begin', 'create index concurrently on t (id)'],
    works: ['create index concurrently on t (id)'],
  },
  ownCommit: {
    who: 'plan',
    setup: 'create procedure p() language plpgsql as $$ begin commit; end $$',
    fails: ['begin', 'call p()'],
    works: ['call p()'],
  },
  needsBlock: {
    who: 'plan',
    fails: ['lock table t in share mode'],
    works: ['begin', 'lock table t in share mode', 'commit'],
  },
  serialization: {
    who: 'app',
    fails: [CHANGED_BESIDE],
    works: [REPEATED],
  },
} as const satisfies Readonly<Record<string, Play>>;
