import { RehearsalError } from '../../shared/errors.ts';

/** Where the bytes of a snapshot lie when they are not on this machine: what each scheme of a URL has to give. */
export interface RemoteSource {
  /** The URL without user, password and query: fit to be shown. */
  readonly shown: string;
  /** A reading that was cut may go on from where it was. */
  readonly resumes: boolean;
  /** Each reading is another content, as of the moment when it began. */
  readonly isLive?: true;
  /** Longest that it may give nothing without being taken for cut; undefined = as every other. */
  readonly quietMs?: number;
  /**
   * Begins to read at that byte, or at the first one where it cannot.
   * @throws SourceCut where another try may succeed, RehearsalError where none will
   */
  open(from: number, signal: AbortSignal, onNote?: (message: string) => void): Promise<OpenedSource>;
  /** How large the database is that is read; undefined where it cannot be asked just now. */
  databaseBytes?(): Promise<number | undefined>;
  /** What the report has to say of the reading, as sentences, once it is over. */
  notes?(): readonly string[];
  /** Ends what a reading left on its way, and waits for it. */
  close?(): Promise<void> | undefined;
}

export interface OpenedSource {
  readonly bytes: AsyncIterable<Buffer>;
  /** The place of the first of `bytes` in the whole. */
  readonly startsAt: number;
  /** Of the whole; null = nobody knows. */
  readonly sizeBytes: number | null;
  /** Another one means another content; null = the source does not say. */
  readonly version: string | null;
}

/** The way to the source broke, or the source is busy: the same question may be answered later. */
export class SourceCut extends Error {}

/** @param why what the source answered, fit to be shown */
export function notFound(shown: string, why: string): RehearsalError {
  return new RehearsalError('SNAPSHOT_NOT_FOUND', `the snapshot ${shown} does not exist: ${why}`, {
    hint: 'look at the path in snapshot.source',
  });
}

export function refused(shown: string, why: string, hint: string): RehearsalError {
  return new RehearsalError('CONNECTION_FAILED', `the snapshot ${shown} may not be read: ${why}`, { hint });
}

export function unreachable(shown: string, why: string): RehearsalError {
  return new RehearsalError('CONNECTION_FAILED', `the snapshot ${shown} cannot be read: ${why}`, {
    hint: 'look at the network from this machine to there, and rehearse again',
  });
}
