import type { LoadEvent } from '../artifacts/records/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { OwnSession } from '../pg/own-sessions.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { LoadShare } from './chance/load-share.ts';
import type { SamplePools } from './traffic/draw.ts';
import type { OutcomeCount } from './requests/outcome-tally.ts';
import type { ParsedScript } from './scripts/script.ts';

/** The app as the load process saw it in one second. */
export interface SecondStats {
  /** End of the second. */
  readonly tMs: number;
  /** Requests answered in it, well or badly. */
  readonly done: number;
  /** Since the load started. */
  readonly errors: number;
  /** Over the requests answered in this second and the age of those that still wait; null where there was neither. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Requests that are due and have no connection yet. */
  readonly queued: number;
  readonly inFlight: number;
  /** The generator's own lag: from a request's ready time to its sending. */
  readonly lagP99Ms: number | null;
  readonly loopDelayMaxMs: number;
  /** Share of the second in which the generator's own thread was at work, 0 to 1. */
  readonly busy: number;
  /** Since the load started. */
  readonly reconnects: number;
  /** Since the load started. */
  readonly outcomes: readonly OutcomeCount[];
}

/** A second, and what it takes to make one of the seconds of several processes. */
export interface Second {
  readonly stats: SecondStats;
  /** What its percentiles were made of, in any order; empty where the load has one process. */
  readonly latenciesMs: Float64Array;
  readonly lagsMs: Float64Array;
}

/** Everything that the load process has to know. */
export interface LoadOrder {
  /** Of the tool itself, for what the app has no right to. */
  readonly endpoint: PgEndpoint;
  /** Of the whole load. */
  readonly ratePerSec: number;
  /** Of this process alone. */
  readonly connections: number;
  readonly seed: number;
  /** In order of rollout; traffic starts on the first. */
  readonly versions: readonly {
    readonly name: string;
    readonly scripts: readonly ParsedScript[];
    /** How it connects. */
    readonly login: PgEndpoint;
    /** Versions of the same number share their connections, and their login with them. */
    readonly pool: number;
  }[];
  readonly pools: SamplePools;
  /** Zero of all times, on the monotonic clock. */
  readonly zeroMs: number;
  /** What messages of the server may name. */
  readonly publicNames: readonly string[];
  readonly requestsPath: string;
  readonly share: LoadShare;
  /** How long what the app can do is measured before requests arrive; 0 = not at all. */
  readonly capacityMs: number;
  /** Statements are sent without waiting for the answers before them. */
  readonly pipeline: boolean;
}

/** From the controller to the load process. */
export type ToLoad =
  /** Open all connections: answered with `ready`. */
  | { readonly type: 'start'; readonly order: LoadOrder }
  /** Measure what the app can do, if that was ordered: answered with `measured`. */
  | { readonly type: 'begin' }
  /** Requests arrive by the schedule that begins at that moment of the monotonic clock. */
  | { readonly type: 'arrive'; readonly startMs: number }
  | { readonly type: 'shares'; readonly id: number; readonly shares: Readonly<Record<string, number>> }
  | { readonly type: 'maintenance'; readonly isOn: boolean }
  | { readonly type: 'stop'; readonly drainMs: number };

/** From the load process to the controller. */
export type FromLoad =
  | { readonly type: 'ready' }
  | { readonly type: 'measured' }
  | { readonly type: 'event'; readonly event: LoadEvent }
  | { readonly type: 'shares-set'; readonly id: number }
  | { readonly type: 'maintenance-set' }
  /** One of its connections was opened or has ended. */
  | { readonly type: 'session'; readonly session: OwnSession }
  | { readonly type: 'second'; readonly second: Second }
  | { readonly type: 'stopped'; readonly unfinished: number }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };
