import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadSoFar } from '../progress-ticker.ts';
import { installedClients } from '../archive/find-pg-restore.ts';
import { withoutForeign } from '../../shared/descriptors.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatMs } from '../../shared/text/format.ts';
import { redact } from '../../shared/text/redact.ts';
import { within } from '../../shared/within.ts';
import { clientVariables, type LiveServer } from '../sources/postgres/live-server.ts';
import { connectLive, placedAt } from '../sources/postgres/live-client.ts';

const APPLICATION = 'rehearse/basebackup';
const KEPT_CHARACTERS = 4_000;
const KIB = 1024;
/** Beside twice the time that its bytes take at the rate: a checkpoint comes first, and WAL last. */
const LEAST_MS = 600_000;

interface ServerFacts {
  /** Of several hosts the one that is there. */
  readonly server: LiveServer;
  readonly major: number;
  /** Of all its databases. */
  readonly bytes: number;
  /** Where its tablespaces lie. */
  readonly tablespaces: readonly string[];
}

/** @throws CONNECTION_FAILED, SourceCut */
export async function factsOfServer(server: LiveServer): Promise<ServerFacts> {
  const client = await connectLive(server, APPLICATION);
  try {
    const { rows } = await client.query<{ major: number; bytes: string; tablespaces: string[] }>(
      `select current_setting('server_version_num')::int / 10000 as major,
              (select coalesce(sum(pg_tablespace_size(oid)), 0) from pg_tablespace) as bytes,
              (select coalesce(array_agg(pg_tablespace_location(oid)), '{}') from pg_tablespace
                where pg_tablespace_location(oid) ~ '^/') as tablespaces`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the server says nothing of itself');
    return { ...row, server: placedAt(server, client), bytes: Number(row.bytes) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface BackupOptions {
  readonly facts: ServerFacts;
  /** Most bytes per second that are read of the server. */
  readonly maxBytesPerSec: number;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onReading: (read: () => ReadSoFar) => void;
}

/**
 * Copies the whole cluster by pg_basebackup of this machine, with the WAL that makes it consistent, at no more than a given rate. Its
 * temporary slot goes with its session; tablespaces come into the folder.
 * @returns where the tablespaces lie on the server
 * @throws RESTORE_FAILED where no pg_basebackup fits, CONNECTION_FAILED, TIMED_OUT, or the signal's reason
 */
export async function baseBackup(dir: string, options: BackupOptions): Promise<string[]> {
  const { facts, maxBytesPerSec, env, signal, onReading } = options;
  const { server } = facts;
  const program = await chooseBaseBackup(facts.major, server.shown);
  const aside = `${dir}.tablespaces`;
  await mkdir(aside, { mode: 0o700 });
  try {
    const mappings = facts.tablespaces.map(
      (place, n) => `--tablespace-mapping=${escaped(place)}=${escaped(join(aside, String(n)))}`,
    );
    const rate = `--max-rate=${Math.floor(maxBytesPerSec / KIB)}k`;
    const args = [
      `--pgdata=${dir}`,
      '--format=plain',
      '--wal-method=stream',
      '--checkpoint=fast',
      '--no-password',
      '--no-sync',
      '--progress',
    ];
    let read: ReadSoFar = { bytes: 0, totalBytes: facts.bytes };
    onReading(() => read);
    const limitMs = LEAST_MS + (2 * 1000 * facts.bytes) / maxBytesPerSec;
    const over = within([signal], Math.ceil(limitMs));
    over.throwIfAborted();
    const child = spawn(program, [...args, rate, '--label=dress-rehearsal', ...mappings], {
      env: clientVariables(server, APPLICATION, env),
      stdio: withoutForeign('ignore', 'ignore', 'pipe'),
    });
    const closed = once(child, 'close');
    closed.catch(() => undefined);
    // What it wrote is removed, and its slot goes with its session.
    const stop = (): void => void child.kill('SIGKILL');
    over.addEventListener('abort', stop, { once: true });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      const progress = [...text.matchAll(/(\d+)\/(\d+) kB/g)].at(-1);
      if (progress) read = { bytes: Number(progress[1]) * KIB, totalBytes: Number(progress[2]) * KIB };
      complaint = (complaint + text).slice(-KEPT_CHARACTERS);
    });
    try {
      const [code] = (await closed) as [number | null];
      signal.throwIfAborted();
      if (over.aborted) throw tookTooLong(server, limitMs);
      if (code !== 0) throw failed(server, complaint);
    } finally {
      over.removeEventListener('abort', stop);
    }
    await takeIn(dir, aside);
    return [...facts.tablespaces];
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The tablespaces from beside the folder to where its links to them are. */
async function takeIn(dir: string, aside: string): Promise<void> {
  const links = join(dir, 'pg_tblspc');
  for (const name of await readdir(links)) {
    const target = await readlink(join(links, name));
    if (!target.startsWith(`${aside}/`)) continue;
    await rm(join(links, name));
    await rename(target, join(links, name));
  }
}

async function chooseBaseBackup(major: number, shown: string): Promise<string> {
  const programs = await installedClients('pg_basebackup');
  const fitting = programs.filter((program) => program.major >= major);
  const chosen = fitting.at(-1);
  if (chosen) return chosen.path;
  const [newest] = programs;
  throw new RehearsalError(
    'RESTORE_FAILED',
    `${shown} is PostgreSQL ${major}, and ${newest ? `the newest pg_basebackup here is ${newest.major}` : 'no pg_basebackup is here'}`,
    { hint: `apt-get install postgresql-${major}` },
  );
}

function tookTooLong({ shown }: LiveServer, limitMs: number): RehearsalError {
  return new RehearsalError(
    'TIMED_OUT',
    `pg_basebackup of ${shown} was not through after ${formatMs(limitMs)}, twice the time that it needs at its rate`,
    { hint: 'look at what the server and the network do, and take the copy again' },
  );
}

function failed({ shown, user }: LiveServer, complaint: string): RehearsalError {
  const lines = complaint.split(/[\r\n]+/).filter((line) => /error:|FATAL:/.test(line));
  const why = redact(
    lines.at(0) ??
      complaint
        .trim()
        .split(/[\r\n]+/)
        .at(-1) ??
      'it says nothing',
  ).replace(/^pg_basebackup: (error: )?/, '');
  return new RehearsalError('CONNECTION_FAILED', `${shown} could not be copied by pg_basebackup: ${why}`, {
    hint: `the role ${user} needs REPLICATION, a line for replication in pg_hba.conf, and two free max_wal_senders`,
  });
}

/** An equals sign separates the two places. */
function escaped(path: string): string {
  return path.replaceAll('=', '\\=');
}
