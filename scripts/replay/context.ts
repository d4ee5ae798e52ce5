import type { AttemptRecord, BatchRecord, StepEvent } from '../artifacts/records/records.ts';
import type { Enclose } from '../commands/enclosure.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { Rehearsal } from '../plan/model.ts';
import type { LockWatch } from '../probes/lock-watch.ts';
import type { SchemaWatch } from '../probes/schema-watch/schema-watch.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';

/** The app's traffic, as far as the replay moves it and looks at it. */
export interface Traffic {
  setShares(shares: Record<string, number>): Promise<void>;
  /** Ends what is under way, closes the app's connections and turns requests away; or lets them in again. */
  setMaintenance(isOn: boolean): Promise<void>;
  /** p99 of the app in the last second; null before the first. */
  p99Ms(): number | null;
}

/** What every kind of step works with. */
export interface StepContext {
  readonly rehearsal: Rehearsal;
  readonly primary: PgEndpoint;
  /** How the plan connects to it. */
  readonly login: PgEndpoint;
  /** As of an engine's environment. */
  readonly enclose: Enclose | null;
  readonly clock: RunClock;
  readonly watch: LockWatch;
  readonly schema: SchemaWatch;
  readonly traffic: Traffic;
  readonly steps: NdjsonWriter<StepEvent>;
  readonly batches: NdjsonWriter<BatchRecord>;
  readonly signal: AbortSignal;
  /** Resolves when what has happened to the servers until now is known. @throws where it ends the run */
  readonly settled: () => Promise<void>;
  /** Progress of the step for people: a line, and how much of it is done. */
  readonly progress: (detail: string, fraction: number | null, etaMs: number | null) => void;
}

/** How a step ended well. `summary` is one line for people; `shown` what SHOW said of the session's settings. */
export interface StepOutcome {
  readonly attempts: number;
  readonly summary: string;
  readonly shown: Readonly<Record<string, string>>;
}

/** A try failed and another one follows, when this has resolved and the pause is over. */
export type OnAttempt = (record: Omit<AttemptRecord, 'type' | 'step'>) => Promise<void> | void;
