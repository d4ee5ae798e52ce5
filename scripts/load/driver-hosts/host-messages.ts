import type { FromLoad, ToLoad } from '../messages.ts';

/** From the first driver to a load process of another one. */
export type ToHost =
  | ToLoad
  /** What time is it? Answered with `clock`. */
  | { readonly type: 'ask-clock' }
  /** The zero of all times, on the monotonic clock of the host that hears this. */
  | { readonly type: 'zero'; readonly zeroMs: number };

/** And back. */
export type FromHost =
  | FromLoad
  /** On its monotonic clock. */
  | { readonly type: 'clock'; readonly nowMs: number }
  /** Whole lines of requests.ndjson; all of them come before `stopped`. */
  | { readonly type: 'rows'; readonly text: string };
