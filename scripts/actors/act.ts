import { Socket } from 'node:net';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { sleep, withTimeout } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { Control } from './control.ts';
import { holdsLock } from './locks-held.ts';
import { nameOfTable, type ActorTable } from './actor-table.ts';

const POLL_MS = 20;
const END_LIMIT_MS = 1000;

/** What `Act` is made of. */
interface ActParts {
  readonly actor: string;
  readonly endpoint: PgEndpoint;
  /** A connection that is nobody's part, to look and to cancel from. */
  readonly control: Control;
  readonly table: ActorTable | null;
  readonly forMs: number | undefined;
  readonly seed: number;
  /** Aborts when the actor's time is over. */
  readonly signal: AbortSignal;
  readonly inPlace: () => void;
}

interface Seat {
  readonly pid: number;
  /** When its backend began, in the server's words: with the pid it is this session, and none that got the pid later. */
  readonly began: string;
  readonly socket: Socket;
}

/** Where one actor plays: its own connections, its table, and how it says that it is there. */
export class Act {
  readonly actor: string;
  readonly seed: number;
  readonly forMs: number | undefined;
  readonly signal: AbortSignal;
  readonly control: Control;
  /** Tells that it has begun: the step may start. Later calls do nothing. */
  readonly inPlace: () => void;
  /** What it did, told at its end. */
  note: string | null = null;
  readonly #endpoint: PgEndpoint;
  readonly #table: ActorTable | null;
  readonly #seats = new Map<PgClient, Seat>();
  readonly #losses = new AbortController();

  constructor(parts: ActParts) {
    this.actor = parts.actor;
    this.seed = parts.seed;
    this.forMs = parts.forMs;
    this.signal = parts.signal;
    this.control = parts.control;
    this.inPlace = parts.inPlace;
    this.#endpoint = parts.endpoint;
    this.#table = parts.table;
  }

  get table(): ActorTable {
    if (this.#table === null) throw new TypeError(`${this.actor} has no table`);
    return this.#table;
  }

  /** The table's name by now, quoted; undefined = the plan dropped it. */
  async tableName(): Promise<string | undefined> {
    return nameOfTable(this.control, this.table.oid);
  }

  /** One more connection of its own, which shows up as `rehearse/actor/<name>`. @throws CONNECTION_FAILED, or the signal's reason */
  async connect(): Promise<PgClient> {
    const socket = new Socket();
    const client = await connect(this.#endpoint, `actor/${this.actor}`, {
      signal: this.signal,
      stream: () => socket,
    });
    if (this.signal.aborted) {
      await closeQuietly(client); // it was opened while the actor left
      throw asError(this.signal.reason);
    }
    this.#seats.set(client, { pid: 0, began: '-infinity', socket });
    client.once('error', (error) => {
      if (this.#seats.has(client)) this.#losses.abort(error);
    });
    const { rows } = await client.query<{ pid: number; began: string }>(
      'select pid, backend_start::text as began from pg_stat_activity where pid = pg_backend_pid()',
    );
    const { pid = 0, began = '-infinity' } = rows[0] ?? {};
    this.#seats.set(client, { pid, began, socket });
    return client;
  }

  async disconnect(client: PgClient): Promise<void> {
    this.#seats.delete(client);
    await closeQuietly(client);
  }

  /** Goes on with `work`, and is in place as soon as `client` has the table in this mode. */
  async inPlaceWith<T>(client: PgClient, mode: string, work: Promise<T>): Promise<T> {
    const held = this.#held(client, mode);
    held.catch(() => undefined); // after `work` has ended nobody needs it
    await Promise.race([held, work]);
    const done = await work;
    this.inPlace(); // where it was over before anybody looked
    return done;
  }

  /** Waits; the end of its time cuts it short. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, this.signal).catch(() => undefined);
  }

  /** Waits until its time is over. @throws what ended one of its sessions before that, idle or not */
  async over(): Promise<void> {
    const { signal } = this.#losses;
    await new Promise<void>((resolve) => {
      for (const end of [this.signal, signal]) {
        if (end.aborted) resolve();
        end.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      }
    });
    if (!this.signal.aborted) throw asError(signal.reason);
  }

  /** Ends what its connections do, and closes them. Whoever does not answer is cut off. */
  async close(): Promise<void> {
    const seats = [...this.#seats];
    this.#seats.clear();
    await Promise.all(seats.map(([client, seat]) => this.#leave(client, seat)));
  }

  async #leave(client: PgClient, { pid, began, socket }: Seat): Promise<void> {
    await this.#signal('pg_cancel_backend', pid, began);
    await withTimeout(closeQuietly(client), END_LIMIT_MS, 'closing a connection').catch(async () => {
      socket.destroy();
      await this.#signal('pg_terminate_backend', pid, began);
    });
  }

  async #signal(
    how: 'pg_cancel_backend' | 'pg_terminate_backend',
    pid: number,
    began: string,
  ): Promise<void> {
    const own = `select ${how}(pid) from pg_stat_activity where pid = $1 and backend_start = $2::timestamptz`;
    await this.control.rows(own, [pid, began]).catch(() => undefined);
  }

  async #held(client: PgClient, mode: string): Promise<void> {
    const pid = this.#seats.get(client)?.pid ?? 0;
    while (!(await holdsLock(this.control, pid, this.table.oid, mode))) await sleep(POLL_MS, this.signal);
    this.inPlace();
  }
}

/** What an actor of one kind does until its time is over; what it throws after that does not count. */
export type Play = (act: Act) => Promise<void>;
