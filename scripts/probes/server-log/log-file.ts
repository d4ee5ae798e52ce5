import { open, readlink, type FileHandle } from 'node:fs/promises';
import type { Asker } from '../../pg/asker.ts';
import { asError } from '../../shared/errors.ts';
import { localServer } from '../../tracing/local-server.ts';

const CHUNK_BYTES = 1 << 20;
/** What a server without logging_collector writes to; pg_ctl and the embedded target let it be a file. */
const STDERR = '/proc/self/fd/2';

/** The server's log from the moment of its opening on, or from another place. */
export interface LogFile {
  /** What has come since the last time. @throws when it cannot be read any more */
  read(): Promise<Buffer>;
  /** Where the next reading begins, in bytes. */
  readonly offset: number;
  close(): Promise<void>;
}

/**
 * Over SQL where the server may read its own log, else as a file of this machine.
 * @throws Error saying in one phrase why neither can be done
 */
export async function openLogFile(client: Asker, fromOffset?: number): Promise<LogFile> {
  const { rows } = await client.query<{ collector: string; file: string | null; destination: string }>(
    `select current_setting('logging_collector') as collector, pg_current_logfile('stderr') as file,
            current_setting('log_destination') as destination`,
  );
  const { collector = 'off', file = null, destination = '' } = rows[0] ?? {};
  if (!destination.includes('stderr')) throw new Error(`log_destination is ${destination}, not stderr`);
  const path = collector === 'on' ? file : STDERR;
  if (path === null) throw new Error('the server does not say where its log is');
  try {
    return await readFileOverSql(client, path, fromOffset);
  } catch (error) {
    if (collector === 'on') throw error;
    return asFile(client, asError(error).message, fromOffset);
  }
}

/** A file of the server's host that the server may read. @throws what PostgreSQL said */
export async function readFileOverSql(client: Asker, path: string, fromOffset?: number): Promise<LogFile> {
  const { rows } = await client.query<{ size: string; isdir: boolean }>(
    'select size, isdir from pg_stat_file($1)',
    [path],
  );
  let offset = fromOffset ?? Number(rows[0]?.size);
  const read = async (): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for (let length = CHUNK_BYTES; length === CHUNK_BYTES;) {
      const answer = await client.query<{ part: Buffer }>('select pg_read_binary_file($1, $2, $3) as part', [
        path,
        offset,
        CHUNK_BYTES,
      ]);
      const part = answer.rows[0]?.part ?? Buffer.alloc(0);
      parts.push(part);
      length = part.length;
      offset += length;
    }
    return Buffer.concat(parts);
  };
  await client.query('select pg_read_binary_file($1, $2, 0)', [path, offset]); // may it?
  return {
    read,
    close: () => Promise.resolve(),
    get offset() {
      return offset;
    },
  };
}

/** The server runs here, under another user perhaps, and its log was opened by who started it. */
async function asFile(client: Asker, whyNotSql: string, fromOffset?: number): Promise<LogFile> {
  const { postmasterPid } = await localServer(client);
  const path = await readlink(`/proc/${postmasterPid}/fd/2`).catch(() => '');
  if (!path.startsWith('/') || path.startsWith('/dev/')) throw new Error(`the log is no file (${whyNotSql})`);
  const file = await open(path, 'r');
  let offset = fromOffset ?? (await file.stat()).size;
  const read = async (): Promise<Buffer> => {
    const { size, nlink } = await file.stat();
    if (nlink === 0 || size < offset) throw new Error('the log was removed or cut off');
    const part = await readFrom(file, offset, size - offset);
    offset += part.length;
    return part;
  };
  return {
    read,
    close: () => file.close(),
    get offset() {
      return offset;
    },
  };
}

async function readFrom(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const part = Buffer.alloc(length);
  const { bytesRead } = await file.read(part, 0, length, offset);
  return part.subarray(0, bytesRead);
}
