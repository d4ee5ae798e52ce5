import { LONGEST_LOOK_MS } from '../../artifacts/polling.ts';
import type { SightingRecord } from '../../artifacts/records/sighting-records.ts';

/** So often a stream in which nothing changes says that somebody still looks. */
const SAME_MS = 1000;

interface Writer<T> {
  write(record: SightingRecord<T>): void;
}

/** One thing that a look saw; it is the same as before while its key and what is told of it are. */
export interface Sight<T> {
  readonly key: string;
  readonly record: T;
  /** All of `record` that matters, as text; what only dates the look is left out. */
  readonly told: string;
}

/** Writes what changes from look to look. */
export class SightingLog<T> {
  readonly #writer: Writer<T>;
  #open = new Map<string, { id: number; told: string }>();
  #ids = 0;
  #lastMs: number | undefined;
  #saidMs = -Infinity;

  constructor(writer: Writer<T>) {
    this.#writer = writer;
  }

  /** A look at `tMs` that saw `sights`, and nothing else. */
  look(tMs: number, sights: readonly Sight<T>[]): void {
    const before = this.#open;
    if (before.size === 0 && sights.length === 0) return;
    const lastMs = this.#lastMs ?? tMs;
    if (before.size > 0 && tMs - lastMs > LONGEST_LOOK_MS)
      this.#write({ type: 'gap', fromMs: lastMs, tMs }, tMs);
    const now = new Map<string, { id: number; told: string }>();
    const news: (T & { type: 'seen'; id: number })[] = [];
    for (const { key, record, told } of sights) {
      const known = before.get(key);
      if (known?.told === told) now.set(key, known);
      else {
        this.#ids += 1;
        now.set(key, { id: this.#ids, told });
        news.push({ ...record, type: 'seen', id: this.#ids });
      }
    }
    const ids = [...before].flatMap(([key, { id }]) => (now.get(key)?.id === id ? [] : [id]));
    if (ids.length > 0) this.#write({ type: 'gone', tMs, lastMs, ids }, tMs);
    for (const record of news) this.#write(record, tMs);
    if (tMs - this.#saidMs >= SAME_MS) this.#write({ type: 'same', tMs }, tMs);
    this.#open = now;
    this.#lastMs = tMs;
  }

  /** Nobody looks any more: what was seen last was seen until then. */
  close(): void {
    const ids = [...this.#open.values()].map(({ id }) => id);
    const lastMs = this.#lastMs;
    this.#open = new Map();
    if (ids.length > 0 && lastMs !== undefined)
      this.#writer.write({ type: 'gone', tMs: lastMs, lastMs, ids });
  }

  #write(record: SightingRecord<T>, tMs: number): void {
    this.#saidMs = tMs;
    this.#writer.write(record);
  }
}
