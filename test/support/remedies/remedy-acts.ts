import pg from 'pg';
import { sleep } from '../../../scripts/shared/clock.ts';
import type { Act } from './remedy-play.ts';

/** What plays of remedies need two sessions, or another role, for. */

export const DETACH = 'alter table parts detach partition p1 concurrently';

/** A reader of the whole makes DETACH … CONCURRENTLY wait in its second transaction, and a timeout ends it there. */
export const BROKEN_DETACH: Act = {
  says: `-- while another session reads all of parts\nset statement_timeout = '200ms';\n${DETACH};  -- 57014\nreset statement_timeout`,
  async does(client, other) {
    await other.query('begin; select * from parts');
    await client.query(`set statement_timeout = '200ms'`);
    await client.query(DETACH).catch(() => undefined);
    await client.query('reset statement_timeout');
    await other.query('commit');
  },
};

export const CROSSED_LOCKS: Act = {
  says: 'begin;\nlock table t;\n-- another session locks second, and then t\nlock table second',
  async does(client, other) {
    await client.query(`begin; set local deadlock_timeout = '100ms'; lock table t`);
    await other.query(`begin; set local deadlock_timeout = '10s'; lock table second`);
    const theirs = other.query('lock table t');
    await client.query('lock table second').finally(async () => {
      await client.query('rollback');
      await theirs;
      await other.query('rollback');
    });
  },
};

export const ORDERED_LOCKS: Act = {
  says: 'begin;\nlock table t;\n-- another session locks t, and then second\nlock table second;\ncommit',
  async does(client, other) {
    await client.query('begin; lock table t');
    const theirs = other.query('begin; lock table t; lock table second; commit');
    await client.query('lock table second; commit');
    await theirs;
  },
};

const INDEX = 'create index concurrently by_id on t (id)';
const IN_THE_WAY_MS = 150;

export const HASTY_INDEX: Act = {
  says: `-- while another session has written t and not committed\nset lock_timeout = '50ms';\n${INDEX}`,
  async does(client, other) {
    await other.query('begin; lock table t in row exclusive mode');
    await client.query(`set lock_timeout = '50ms'`);
    await client.query(INDEX).finally(() => other.query('commit'));
  },
};

export const PATIENT_INDEX: Act = {
  says: `-- while another session has written t and commits later\nset lock_timeout = 0;\n${INDEX}`,
  async does(client, other) {
    await other.query('begin; lock table t in row exclusive mode');
    await client.query('set lock_timeout = 0');
    const made = client.query(INDEX);
    await sleep(IN_THE_WAY_MS);
    await other.query('commit');
    await made;
  },
};

export const CONNECT_AS_APP: Act = {
  says: '-- role app connects',
  async does({ host, port, database }) {
    const app = new pg.Client({ host, port, database, user: 'app', password: 'app' });
    await app.connect();
    await app.end();
  },
};

/** As many as the server has places, beside those that are open already; and the pools together below it. */
export const ALL_CONNECTIONS = connecting('as many as max_connections', (places) => places);
export const FEWER_CONNECTIONS = connecting('half of max_connections', (places) => Math.floor(places / 2));

function connecting(says: string, countOf: (places: number) => number): Act {
  return {
    says: `-- pools of ${says} connect`,
    async does(own) {
      const { rows } = await own.query<{ places: string }>(
        `select current_setting('max_connections') as places`,
      );
      const { host, port, database, user, password } = own;
      const length = countOf(Number(rows[0]?.places));
      const pool = Array.from({ length }, () => new pg.Client({ host, port, database, user, password }));
      try {
        for (const client of pool) await client.connect();
      } finally {
        await Promise.all(pool.map((client) => client.end().catch(() => undefined)));
      }
    },
  };
}
