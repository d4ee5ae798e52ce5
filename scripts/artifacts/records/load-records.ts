/** First line of artifacts/requests.ndjson; every other line is a `RequestRow`. */
export interface RequestHeader {
  readonly type: 'header';
  readonly columns: readonly string[];
  readonly versions: readonly string[];
  /** Script names by version index. */
  readonly scripts: readonly (readonly string[])[];
}

export const REQUEST_COLUMNS = [
  'intendedMs',
  'readyMs',
  'sentMs',
  'endMs',
  'version',
  'script',
  'outcome',
  'pid',
] as const;

/**
 * intendedMs: when the request was due. readyMs: when a connection was free for it (>= intendedMs). sentMs: when it was
 * really sent; sentMs - readyMs is the generator's own lag. endMs: last answer. version and script are indexes into the
 * header. outcome: 0 = ok, a SQLSTATE, `lost` = connection lost, `unfinished` = still waiting when the load stopped. pid: the backend that it ran on, 0 where it never had one; older
 * runs do not have it.
 */
export type RequestRow = readonly [
  intendedMs: number,
  readyMs: number,
  sentMs: number,
  endMs: number,
  version: number,
  script: number,
  outcome: 0 | string,
  pid?: number,
];

/** artifacts/load.ndjson */
export type LoadEvent =
  | { readonly type: 'started'; readonly tMs: number }
  /** What the app could do at most before the run: requests/s in a closed loop over all its connections. */
  | {
      readonly type: 'capacity';
      readonly tMs: number;
      readonly perSec: number;
      readonly connections: number;
    }
  /** In the second that ends here the generator itself was at work all the time: it could not have done more. */
  | { readonly type: 'saturated'; readonly tMs: number; readonly busy: number }
  /** The window that counts as "before": after the first warm-up seconds, before the first step. */
  | { readonly type: 'baseline'; readonly fromMs: number; readonly toMs: number }
  | { readonly type: 'shares'; readonly tMs: number; readonly shares: Readonly<Record<string, number>> }
  /** The app was off: requests that were due were turned away and are not among the requests. Written when it ends. */
  | {
      readonly type: 'maintenance';
      readonly fromMs: number;
      readonly tMs: number;
      readonly turnedAway: number;
    }
  | { readonly type: 'reconnected'; readonly tMs: number; readonly downMs: number }
  /** What the server said, without values of rows, the first time that a script failed with this SQLSTATE. */
  | {
      readonly type: 'said';
      readonly tMs: number;
      readonly version: string;
      readonly script: string;
      readonly sqlstate: string;
      readonly message: string;
      readonly hint: string | null;
    }
  | { readonly type: 'stopped'; readonly tMs: number; readonly unfinished: number };
