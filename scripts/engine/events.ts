import type { PlannedPlaying } from '../plan/model.ts';

/** What the engine tells about its progress; the terminal and the log render it. */
export type RunEvent =
  | {
      readonly type: 'stage';
      readonly stage: 'environment' | 'snapshot' | 'baseline' | 'teardown';
      readonly state: 'started' | 'progress' | 'done' | 'failed';
      /** `1,000,000 rows in orders, 214 MB` */
      readonly detail: string;
      /** 0..1 where it can be told. */
      readonly fraction: number | null;
      readonly etaMs: number | null;
    }
  | {
      readonly type: 'step';
      /** Position in the plan, from 1. */
      readonly index: number;
      readonly name: string;
      readonly phase: string;
      readonly state: 'started' | 'progress' | 'done' | 'failed' | 'skipped';
      /** `waited 9 ms   held 3 ms` or `34,700 rows/s  batch 48 ms` */
      readonly detail: string;
      readonly fraction: number | null;
      readonly etaMs: number | null;
    }
  | {
      /** The app in the last second. */
      readonly type: 'traffic';
      readonly ratePerSec: number;
      readonly p50Ms: number | null;
      readonly p99Ms: number | null;
      /** Since the load started. */
      readonly errors: number;
      readonly standbyLagMs: number | null;
    }
  /** Another playing of the plan begins, of several. */
  | ({
      readonly type: 'playing';
      readonly of: number;
      /** Of one of several plans, and one that goes back: the steps that it has instead of those told before. */
      readonly steps?: readonly { readonly name: string; readonly phase: string }[];
    } & PlannedPlaying)
  | { readonly type: 'note'; readonly message: string };

export type OnEvent = (event: RunEvent) => void;
