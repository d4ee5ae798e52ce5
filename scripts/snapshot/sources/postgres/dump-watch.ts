import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { APPLICATION_PREFIX } from '../../../pg/endpoint.ts';
import { learnNames } from '../../../pg/messages/learn-names.ts';
import type { LiveLimits } from '../../../plan/schema/schema-limits.ts';
import { monotonicMs, sleep } from '../../../shared/clock.ts';
import { RehearsalError } from '../../../shared/errors.ts';
import { formatMs } from '../../../shared/text/format.ts';
import { SourceCut } from '../remote-source.ts';
import { DumpDiary, readLiveFacts, type LiveFacts } from './dump-diary.ts';
import { connectLive, placedAt } from './live-client.ts';
import type { LiveServer } from './live-server.ts';
import { LoadJudge, lookAtLoad, LOOK_MS } from './load-look.ts';

/** So many looks that fail in a row: nobody sees any more what the dump does there. */
const MOST_BLIND_LOOKS = 3;
const WATCHER = `${APPLICATION_PREFIX}snapshot-watch`;
const CANCEL_MS = 15_000;
const CANCEL_PAUSE_MS = 100;
/** A session that heeds none of these is ended: it may begin its next statement after each. */
const CANCELS = 20;

/** A session beside a dump: it sees what the dump does to the server, and ends the dump's sessions. */
export class DumpWatch {
  /** The application_name of the dump's sessions, which no others have. */
  readonly applicationName = `${APPLICATION_PREFIX}snapshot-${randomBytes(6).toString('hex')}`;
  readonly facts: LiveFacts;
  readonly diary: DumpDiary;
  /** Where this session is: of several hosts the one that is read. */
  readonly server: LiveServer;
  readonly #limits: LiveLimits;
  readonly #client: pg.Client;
  readonly #stop = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  /** @throws CONNECTION_FAILED, SourceCut */
  static async open(server: LiveServer, limits: LiveLimits): Promise<DumpWatch> {
    const client = await connectLive(server, WATCHER);
    try {
      const facts = await readLiveFacts(client);
      await learnNames(client);
      return new DumpWatch(placedAt(server, client), limits, client, facts);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  private constructor(server: LiveServer, limits: LiveLimits, client: pg.Client, facts: LiveFacts) {
    this.server = server;
    this.#limits = limits;
    this.#client = client;
    this.facts = facts;
    this.diary = new DumpDiary(server.shown, facts);
  }

  /** Looks each second from now on. @param onGiveUp called once, with why the dump has to end */
  begin(onGiveUp: (why: Error) => void): void {
    this.#looking = this.#look(onGiveUp);
  }

  async #look(onGiveUp: (why: Error) => void): Promise<void> {
    const judge = new LoadJudge(this.#limits);
    const { duration } = this.#limits;
    const beganMs = monotonicMs();
    for (let blind = 0; ;) {
      const look = await lookAtLoad(this.#client, this.applicationName).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      if (look !== undefined) this.diary.add(look);
      blind = look === undefined ? blind + 1 : 0;
      const tooLong = `it took longer than ${formatMs(duration)} (limits.duration)`;
      const why = look && (judge.add(look) ?? (monotonicMs() - beganMs > duration ? tooLong : undefined));
      if (why !== undefined) onGiveUp(this.#givenUp(why));
      else if (blind === MOST_BLIND_LOOKS) onGiveUp(new SourceCut('nobody could watch its load any more'));
      if (why !== undefined || blind === MOST_BLIND_LOOKS) return;
      await sleep(LOOK_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  #givenUp(why: string): RehearsalError {
    const { shown } = this.server;
    return new RehearsalError('TIMED_OUT', `the snapshot ${shown} was given up: ${why}`, {
      hint: 'read a replica, or at a quieter time; what may be is said by snapshot.limits',
    });
  }

  /** Cancels the dump's sessions by their process ids, until none is left. */
  async cancel(): Promise<void> {
    await cancelAll(this.#client, this.applicationName).catch(() => undefined);
  }

  /** Sees to it that none of the dump's sessions is left, if need be by another connection, and goes. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the dump is over'));
    await this.#looking;
    const isClean = await cancelAll(this.#client, this.applicationName).catch(() => false);
    await this.#client.end().catch(() => undefined);
    if (isClean) return;
    const other = await connectLive(this.server, WATCHER).catch(() => undefined);
    if (other === undefined) return;
    await cancelAll(other, this.applicationName).catch(() => false);
    await other.end().catch(() => undefined);
  }
}

/** @returns whether none is left */
async function cancelAll(client: pg.Client, applicationName: string): Promise<boolean> {
  const until = monotonicMs() + CANCEL_MS;
  for (let tries = 0; monotonicMs() < until; tries++) {
    const end = tries < CANCELS ? 'pg_cancel_backend' : 'pg_terminate_backend';
    const { rowCount } = await client.query(
      `select ${end}(pid) from pg_stat_activity
        where application_name = $1 and usename = current_user and pid <> pg_backend_pid()`,
      [applicationName],
    );
    if (rowCount === 0) return true;
    await sleep(CANCEL_PAUSE_MS);
  }
  return false;
}
