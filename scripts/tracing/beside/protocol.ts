import type { TracedGrant, TracedRelease, TracedWait } from '../lock-pairing.ts';

/*
 * A tracer beside a server that this process cannot see, and whoever wants to know its waits, speak over two files on the server's
 * host: in a folder of root's, of which the server may read `told` and write into `wanted`. So nothing but SQL goes over the
 * network, and no port is open for it.
 */

/** The mode of the driver's bundle that is the tracer. */
export const TRACE_WAITS = 'trace-waits';

/** Absolute, on the host. */
export const WAITS_FOLDER = '/var/lib/rehearse-waits';
export const WANTED_FILE = 'wanted';
export const TOLD_FILE = 'told';

/** The whole content of `wanted`, as JSON. */
export interface Wanted {
  /** Of whoever asks; another one begins anew, '' ends it. */
  readonly session: string;
  /** As in `TracedServer`. */
  readonly startedAtUs: number;
  /** Of which backend releases are wanted as well; 0 = of none. */
  readonly follow: number;
}

/** One line of `told`; the first is the beginning or the end of the session that was asked for. Times are the host's CLOCK_MONOTONIC. */
export type Told =
  | { readonly t: 'start'; readonly session: string; readonly bootId: string }
  /** Half a second apart at most: also a sign of life. */
  | { readonly t: 'clock'; readonly monotonicMs: number; readonly epochMs: number }
  | { readonly t: 'followed'; readonly pid: number }
  | ({ readonly t: 'wait' } & TracedWait)
  | ({ readonly t: 'grant' } & TracedGrant)
  | ({ readonly t: 'release' } & TracedRelease)
  | { readonly t: 'end'; readonly session: string; readonly why: string };

/** How both name the end that was asked for. */
export const STOPPED = 'stopped';

/** Names one boot of one kernel, whose CLOCK_MONOTONIC is the same in all its processes. */
export const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
