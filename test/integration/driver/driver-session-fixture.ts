import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { DriverSession } from '../../../infra/remote-job/driver-session.ts';
import type { SteadyOptions } from '../../../infra/ssh/steady-connection.ts';
import type { DriverAccess } from '../../../infra/contract/target.ts';
import { startSshd, type TestSshd } from '../../support/hosts/sshd.ts';
import { startProxy, type TcpProxy } from '../../support/hosts/tcp-proxy.ts';

/** So that tests need not wait: a cut is mended in 20 ms, a host is unreachable after 3 s. */
export const IMPATIENT = {
  keepaliveMs: 250,
  dialMs: 3_000,
  firstPauseMs: 20,
  longestPauseMs: 200,
  unreachableMs: 3_000,
};

/** What driver-session-fake.mjs is told. */
export interface FakeJob {
  readonly lines: number;
  readonly everyMs?: number;
  readonly end?: 'done' | 'crash' | 'hang';
  readonly ignoreTerm?: boolean;
  readonly password?: string;
  readonly evidence?: string;
}

export interface Bench {
  readonly sshd: TestSshd;
  readonly proxy: TcpProxy;
  /** The job folder; a new one for each test. */
  readonly dir: string;
  /** A scratch folder of this side. */
  readonly here: string;
  readonly notes: string[];
  readonly access: DriverAccess;
  open(options?: Partial<SteadyOptions>): Promise<DriverSession>;
  /** Uploads and starts a stand-in for the driver. */
  begin(job: FakeJob): Promise<DriverSession>;
}

/** An sshd behind a cable that can be cut, for the tests of one `describe`. */
export function useBench(): Bench {
  let sshd: TestSshd;
  let proxy: TcpProxy;
  let folder: string;
  let sessions: DriverSession[] = [];
  const notes: string[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.remove();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driver session-'));
    proxy = await startProxy(sshd.access);
    notes.length = 0;
  });
  afterEach(async () => {
    for (const session of sessions) await session.close();
    sessions = [];
    await proxy.close();
    await endFakes(join(folder, 'job'));
    await rm(folder, { recursive: true, force: true });
  });
  const bench: Bench = {
    notes,
    get sshd() {
      return sshd;
    },
    get proxy() {
      return proxy;
    },
    get dir() {
      return join(folder, 'job');
    },
    get here() {
      return folder;
    },
    get access() {
      return {
        ssh: { ...sshd.access, port: proxy.port },
        nodePath: process.execPath,
        bundlePath: join(import.meta.dirname, 'driver-session-fake.mjs'),
        dir: join(folder, 'job'),
      };
    },
    async open(options = {}) {
      const session = await DriverSession.open(bench.access, {
        signal: new AbortController().signal,
        onNote: (note) => notes.push(note),
        patience: IMPATIENT,
        ...options,
      });
      sessions.push(session);
      return session;
    },
    async begin(job) {
      const session = await bench.open();
      await session.upload({ files: [], documents: [jobDocument(job)] }, () => undefined);
      await session.start();
      return session;
    },
  };
  return bench;
}

/** Looks again and again, longer than a machine under load needs. */
export function eventually<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 30_000, interval: 20 });
}

export function jobDocument(job: FakeJob): { to: string; text: string; mode: number } {
  return { to: 'job.json', text: JSON.stringify(job), mode: 0o600 };
}

interface LineCounter {
  readonly count: number;
  /** After the last line. */
  readonly offset: number;
  readonly take: (line: string, offset: number) => void;
}

/** Collects numbered lines and throws when one is lost, doubled or damaged. */
export function lineCounter(): LineCounter {
  const seen = { count: 0, offset: 0 };
  const take: LineCounter['take'] = (line, offset) => {
    const { n, text } = JSON.parse(line) as { n: number; text: string };
    seen.count += 1;
    seen.offset = offset;
    const whole = `Zeile ${n} – ‘näh’ 🐘 ${'x'.repeat(n % 400)}`;
    if (n !== seen.count || text !== whole) throw new Error(`line ${seen.count} is ${line}`);
  };
  return Object.assign(seen, { take });
}

async function endFakes(dir: string): Promise<void> {
  const path = join(dir, 'starts');
  const pids = existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n').map(Number) : [];
  for (const pid of pids) {
    const its = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (its.includes(dir)) process.kill(pid, 'SIGKILL');
  }
}
