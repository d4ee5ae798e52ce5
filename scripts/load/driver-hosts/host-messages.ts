import type { FromLoad, ToLoad } from '../messages.ts';

/** From the first driver to a load process of another one. */
export type ToHost =
  | ToLoad
  /** What time is it? Answered with `clock`. */
  | { readonly type: 'ask-clock' }
  /** What does the kernel of that host say? Answered with `looked`; such a connection has no load process. */
  | { readonly type: 'look' }
  /** The zero of all times, on the monotonic clock of the host that hears this. */
  | { readonly type: 'zero'; readonly zeroMs: number };

/** And back. */
export type FromHost =
  | FromLoad
  /** On its monotonic clock. */
  | { readonly type: 'clock'; readonly nowMs: number }
  /** What the looker of that host gave, or in public words why it could not. */
  | { readonly type: 'looked'; readonly seen: unknown }
  | { readonly type: 'look-failed'; readonly why: string }
  /** Whole lines of requests.ndjson; all of them come before `stopped`. */
  | { readonly type: 'rows'; readonly text: string };
