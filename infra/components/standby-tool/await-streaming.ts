import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { guard } from '../../../scripts/pg/messages/guard.ts';
import type { ServerAccess } from './copy-server.ts';

const TIMEOUT_MS = 30_000;
const PAUSE_MS = 50;

/** Returns when that standby receives WAL from its primary. */
export async function awaitStreaming(access: ServerAccess, timeoutMs = TIMEOUT_MS): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  const client = new pg.Client({ ...access, database: 'postgres', application_name: 'rehearse/setup' });
  guard(client, 'setup');
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ status: string }>('select status from pg_stat_wal_receiver');
      const status = rows[0]?.status ?? 'no connection to the primary';
      if (status === 'streaming') return;
      if (Date.now() > deadlineMs)
        throw new Error(`the WAL receiver says after ${timeoutMs / 1000} s: ${status}`);
      await sleep(PAUSE_MS);
    }
  } finally {
    await client.end();
  }
}
