import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { monotonicMs, sleep, withTimeout } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { Asker } from '../pg/asker.ts';
import {
  BOOT_ID_FILE,
  STOPPED,
  TOLD_FILE,
  WAITS_FOLDER,
  WANTED_FILE,
  type Told,
  type Wanted,
} from '../tracing/beside/protocol.ts';
import { startOf } from '../tracing/local-server.ts';
import { readFileOverSql, type LogFile } from './server-log/log-file.ts';
import { serverClock } from './server-clock.ts';
import type { WaitNews, WaitSource } from './wait-source.ts';

const FIRST_LINE_BYTES = 2000;
const LOOK_EVERY_MS = 50;
const READ_EVERY_MS = 100;
/** It has the symbols of a program to read first, on a busy machine. */
const ANSWER_MS = 15_000;
const SILENT_MS = 15_000;
const CLOCK_EVERY_MS = 10_000;

/**
 * The waits of a server on another host, as a tracer beside it tells them in a file that the server reads for us.
 * @throws Error saying in one phrase why there is none
 */
export async function uprobesBeside(
  client: Asker,
  news: WaitNews,
  folder = WAITS_FOLDER,
): Promise<WaitSource> {
  const told = `${folder}/${TOLD_FILE}`;
  const { rows } = await client.query<{ there: boolean }>(
    'select (pg_stat_file($1, true)).size is not null as there',
    [told],
  );
  if (rows[0]?.there !== true) throw new Error('no tracer is beside the server on its host');
  const wanted: Wanted = { session: randomUUID(), startedAtUs: await startOf(client), follow: 0 };
  const ask: Ask = (now) => tellTracer(client, folder, now);
  await ask(wanted);
  const first = await firstLine(client, told, wanted.session);
  if (first.t === 'end') throw new Error(first.why);
  const bootId = (await readFile(BOOT_ID_FILE, 'utf8').catch(() => '')).trim();
  const clock = first.bootId === bootId ? { errorMs: 0, aheadMs: 0 } : await serverClock(client);
  const file = await readFileOverSql(client, told, 0);
  return new Beside({ client, ask, wanted, file, news, clock, isSameKernel: first.bootId === bootId });
}

type Ask = (wanted: Wanted) => Promise<void>;

async function tellTracer(client: Asker, folder: string, wanted: Wanted): Promise<void> {
  // No part of it has quotes or backslashes: a uuid and numbers.
  await client.query(`copy (select '${JSON.stringify(wanted)}') to '${folder}/${WANTED_FILE}'`);
}

async function firstLine(
  client: Asker,
  told: string,
  session: string,
): Promise<Extract<Told, { session: string }>> {
  const untilMs = monotonicMs() + ANSWER_MS;
  for (;;) {
    const { rows } = await client.query<{ part: Buffer }>('select pg_read_binary_file($1, 0, $2) as part', [
      told,
      FIRST_LINE_BYTES,
    ]);
    const text = rows[0]?.part.toString('utf8') ?? '';
    const end = text.indexOf('\n');
    const line = end < 0 ? undefined : (JSON.parse(text.slice(0, end)) as Told);
    if (line && (line.t === 'start' || line.t === 'end') && line.session === session) return line;
    if (monotonicMs() > untilMs) throw new Error('the tracer beside the server does not answer');
    await sleep(LOOK_EVERY_MS);
  }
}

interface Listening {
  readonly client: Asker;
  readonly ask: Ask;
  readonly wanted: Wanted;
  readonly file: LogFile;
  readonly news: WaitNews;
  readonly clock: { readonly errorMs: number; readonly aheadMs: number };
  /** Its CLOCK_MONOTONIC is ours. */
  readonly isSameKernel: boolean;
}

class Beside implements WaitSource {
  readonly resolutionMs: number;
  readonly #client: Asker;
  readonly #ask: Ask;
  readonly #file: LogFile;
  readonly #news: WaitNews;
  readonly #isSameKernel: boolean;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #wanted: Wanted;
  /** What to add to the server's epoch for ours. */
  #epochAheadMs: number;
  #clockedMs = monotonicMs();
  /** What to add to its CLOCK_MONOTONIC for ours; undefined until it has told its clock. */
  #aheadMs: number | undefined;
  /** What came before that. */
  #early: Told[] = [];
  #heardMs = monotonicMs();
  #followed = 0;
  #isOver = false;
  #rest = '';

  constructor({ client, ask, wanted, file, news, clock, isSameKernel }: Listening) {
    this.#client = client;
    this.#ask = ask;
    this.#wanted = wanted;
    this.#file = file;
    this.#news = news;
    this.#isSameKernel = isSameKernel;
    this.#epochAheadMs = clock.aheadMs;
    this.resolutionMs = 0.01 + clock.errorMs;
    if (isSameKernel) this.#aheadMs = 0;
    this.#loop = this.#run().catch((error: unknown) => {
      this.#isOver = true;
      news.onEnd(asError(error).message);
    });
  }

  async follow(pid: number): Promise<void> {
    this.#wanted = { ...this.#wanted, follow: pid };
    await this.#ask(this.#wanted);
    const untilMs = monotonicMs() + ANSWER_MS;
    while (this.#followed !== pid) {
      if (this.#isOver) throw new Error('the tracer beside the server has ended');
      if (monotonicMs() > untilMs) throw new Error('the tracer beside the server does not answer');
      await sleep(LOOK_EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    if (!this.#isOver) await this.#ask({ ...this.#wanted, session: '' });
    // It has told everything by the time it says that it has stopped.
    await withTimeout(this.#loop, ANSWER_MS, 'the end of the tracer beside the server').finally(() => {
      this.#stop.abort(new Error(STOPPED));
    });
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#isOver) {
      const lines = (this.#rest + (await this.#file.read()).toString('utf8')).split('\n');
      this.#rest = lines.pop() ?? '';
      if (lines.length > 0) this.#heardMs = monotonicMs();
      for (const line of lines) this.#take(JSON.parse(line) as Told);
      if (monotonicMs() - this.#heardMs > SILENT_MS)
        throw new Error('the tracer beside the server has fallen silent');
      await this.#readClock();
      await sleep(READ_EVERY_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  async #readClock(): Promise<void> {
    if (this.#isSameKernel || monotonicMs() - this.#clockedMs < CLOCK_EVERY_MS) return;
    this.#clockedMs = monotonicMs();
    this.#epochAheadMs = (await serverClock(this.#client)).aheadMs;
  }

  #take(told: Told): void {
    if (told.t === 'clock') {
      if (!this.#isSameKernel) this.#aheadMs = told.epochMs - told.monotonicMs + this.#epochAheadMs;
      const early = this.#early;
      this.#early = [];
      for (const one of early) this.#take(one);
    } else if (told.t === 'followed') {
      this.#followed = told.pid;
    } else if (told.t === 'end') {
      this.#isOver = true;
      if (told.why !== STOPPED) this.#news.onEnd(told.why);
    } else if (told.t !== 'start') {
      if (this.#aheadMs === undefined) this.#early.push(told);
      else this.#handOn(told, this.#aheadMs);
    }
  }

  #handOn(told: Extract<Told, { pid: number }>, aheadMs: number): void {
    if (told.t === 'wait') {
      this.#news.onWait({ ...told, fromMs: told.fromMs + aheadMs, toMs: told.toMs + aheadMs });
    } else if (told.t === 'grant') {
      this.#news.onGrant({ ...told, atMs: told.atMs + aheadMs });
    } else if (told.t === 'release') {
      this.#news.onRelease({ pid: told.pid, atMs: told.atMs + aheadMs });
    }
  }
}
