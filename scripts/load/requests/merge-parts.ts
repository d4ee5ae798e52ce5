import type { LoadEvent } from '../../artifacts/records/records.ts';
import { summarize } from './latency.ts';
import type { Second, SecondStats } from '../messages.ts';
import { mergeOutcomes } from './outcome-tally.ts';

/** One second of the whole load, out of the same second of each of its processes: percentiles over all their values. */
export function mergeSeconds(seconds: readonly Second[]): SecondStats | undefined {
  const [first] = seconds;
  if (!first) return undefined;
  if (seconds.length === 1) return first.stats;
  const stats = seconds.map((second) => second.stats);
  const sum = (key: 'done' | 'errors' | 'queued' | 'inFlight' | 'reconnects'): number =>
    stats.reduce((total, part) => total + part[key], 0);
  const most = (key: 'tMs' | 'loopDelayMaxMs' | 'busy'): number =>
    Math.max(...stats.map((part) => part[key]));
  const latency = summarize(seconds.flatMap(({ latenciesMs }) => [...latenciesMs]));
  const lag = summarize(seconds.flatMap(({ lagsMs }) => [...lagsMs]));
  return {
    tMs: most('tMs'),
    done: sum('done'),
    errors: sum('errors'),
    p50Ms: latency?.p50Ms ?? null,
    p99Ms: latency?.p99Ms ?? null,
    maxMs: latency?.maxMs ?? null,
    queued: sum('queued'),
    inFlight: sum('inFlight'),
    lagP99Ms: lag?.p99Ms ?? null,
    loopDelayMaxMs: most('loopDelayMaxMs'),
    busy: most('busy'),
    reconnects: sum('reconnects'),
    outcomes: mergeOutcomes(stats.map(({ outcomes }) => outcomes)),
  };
}

/** The events of one load out of those of its processes. */
export class EventMerger {
  readonly #parts: number;
  readonly #onEvent: (event: LoadEvent) => void;
  #capacities: Extract<LoadEvent, { type: 'capacity' }>[] = [];
  #unfinished: number[] = [];
  #windows: Extract<LoadEvent, { type: 'maintenance' }>[] = [];

  constructor(parts: number, onEvent: (event: LoadEvent) => void) {
    this.#parts = parts;
    this.#onEvent = onEvent;
  }

  /** @param part from 0 */
  add(part: number, event: LoadEvent): void {
    switch (event.type) {
      case 'started':
      case 'shares':
        if (part === 0) this.#onEvent(event); // the others say the same
        break;
      case 'capacity':
        this.#capacities.push(event);
        if (this.#capacities.length === this.#parts) this.#onEvent(total(event, this.#capacities));
        break;
      case 'stopped':
        this.#unfinished.push(event.unfinished);
        if (this.#unfinished.length === this.#parts)
          this.#onEvent({ ...event, unfinished: this.#unfinished.reduce((sum, left) => sum + left, 0) });
        break;
      case 'maintenance':
        this.#windows.push(event);
        if (this.#windows.length === this.#parts) this.#onEvent(together(this.#windows.splice(0), event));
        break;
      case 'baseline':
      case 'reconnected':
      case 'saturated':
      case 'said':
      case 'shared':
        this.#onEvent(event);
    }
  }
}

/** The app is off as soon as one part of it is, and back when all are. */
function together(
  all: readonly Extract<LoadEvent, { type: 'maintenance' }>[],
  last: Extract<LoadEvent, { type: 'maintenance' }>,
): LoadEvent {
  return {
    ...last,
    fromMs: Math.min(...all.map(({ fromMs }) => fromMs)),
    tMs: Math.max(...all.map(({ tMs }) => tMs)),
    turnedAway: all.reduce((sum, { turnedAway }) => sum + turnedAway, 0),
  };
}

function total(
  last: Extract<LoadEvent, { type: 'capacity' }>,
  all: readonly Extract<LoadEvent, { type: 'capacity' }>[],
): LoadEvent {
  const sum = (key: 'perSec' | 'connections'): number => all.reduce((sum, event) => sum + event[key], 0);
  const total = { ...last, perSec: sum('perSec'), connections: sum('connections') };
  return all.some(({ isBelow }) => isBelow === true) ? { ...total, isBelow: true } : total;
}
