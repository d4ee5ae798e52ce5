import type { Writable } from 'node:stream';
import pg from 'pg';
import { guard } from '../../../scripts/pg/messages/guard.ts';

export interface ServerAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const SLOT = 'rehearse_standby';
/** PostgreSQL 15 gave each message of a base backup a kind, and the command a list of options in brackets. */
const FIRST_WITH_KINDS = 15;
const KIND_DATA = 'd'.charCodeAt(0);
/** What ends a tar file; the server leaves it out. */
const TAR_END = Buffer.alloc(1024);

/**
 * Copies all files of a running server, with the WAL that they need, as a tar to `out`, and keeps later WAL in a slot. For new
 * servers, which are small: what `out` does not take at once stays in memory.
 */
export async function copyServer(access: ServerAccess, out: Writable): Promise<void> {
  const client = new pg.Client({ ...access, application_name: 'rehearse/setup', ...replicationMode() });
  guard(client, 'setup');
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const kinds = Number.parseInt(rows[0]?.server_version ?? '', 10) >= FIRST_WITH_KINDS;
    // One that an earlier try left.
    await client.query(`DROP_REPLICATION_SLOT ${SLOT}`).catch(() => undefined);
    await client.query(
      `CREATE_REPLICATION_SLOT ${SLOT} PHYSICAL${kinds ? ' (RESERVE_WAL)' : ' RESERVE_WAL'}`,
    );
    await baseBackup(client, kinds, out);
    process.stderr.write('copied\n');
  } finally {
    await client.end();
  }
}

/** Not among the options that the type declarations know. */
function replicationMode(): object {
  return { replication: 'true' };
}

async function baseBackup(client: pg.Client, kinds: boolean, out: Writable): Promise<void> {
  const options = kinds ? `(LABEL 'rehearse', CHECKPOINT 'fast', WAL true)` : `LABEL 'rehearse' FAST WAL`;
  await new Promise<void>((resolve, reject) => {
    const query = new pg.Query(`BASE_BACKUP ${options}`);
    const copy = {
      handleCopyData({ chunk }: { chunk: Buffer }): void {
        // pg reads the next message into the same buffer.
        if (!kinds) out.write(Buffer.from(chunk));
        else if (chunk[0] === KIND_DATA) out.write(Buffer.from(chunk.subarray(1)));
      },
    };
    query.on('error', reject).on('end', () => {
      resolve();
    });
    client.query(Object.assign(query, copy));
  });
  await new Promise<void>((resolve, reject) => {
    out.write(TAR_END, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
