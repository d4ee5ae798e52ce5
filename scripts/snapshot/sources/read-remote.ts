import { sleep, withTimeout } from '../../shared/clock.ts';
import { asError, RehearsalError } from '../../shared/errors.ts';
import { SourceCut, unreachable, type OpenedSource, type RemoteSource } from './remote-source.ts';

const MOST_FAILURES = 6;
const FIRST_PAUSE_MS = 250;
/** A source that gives nothing for so long is taken for cut. */
const STALL_MS = 60_000;
const STALL = 'waiting for the next bytes';

/** What a reading has come to know of its source. */
export interface RemoteFacts {
  /** Null until the first answer, and where nobody knows. */
  sizeBytes: number | null;
  /** Times that it was cut and went on. */
  cuts: number;
}

interface ReadOptions {
  readonly signal: AbortSignal;
  readonly facts?: RemoteFacts;
  readonly onNote?: (message: string) => void;
  readonly firstPauseMs?: number;
}

/**
 * The bytes of a source from first to last, in order and each once, however often the way to it breaks: then it goes on from
 * where it was. A source that has become another one in between is no snapshot.
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID where it changed, CONNECTION_FAILED, or the signal's reason
 */
export async function* readRemote(source: RemoteSource, options: ReadOptions): AsyncGenerator<Buffer> {
  const { signal, facts = { sizeBytes: null, cuts: 0 }, onNote = () => undefined } = options;
  const { firstPauseMs = FIRST_PAUSE_MS } = options;
  let first: OpenedSource | undefined;
  let at = 0;
  for (let failures = 0; ;) {
    const attempt = new AbortController();
    try {
      const opened = await source.open(at, AbortSignal.any([signal, attempt.signal]), onNote);
      requireSame(source, first, opened);
      first ??= opened;
      facts.sizeBytes = opened.sizeBytes;
      const bytes = unstalled(opened.bytes, signal, source.quietMs);
      for await (const chunk of withoutStart(bytes, at - opened.startsAt)) {
        failures = 0;
        at += chunk.length;
        yield chunk;
      }
      if (opened.sizeBytes === null || at === opened.sizeBytes) return;
      if (at > opened.sizeBytes) throw changed(source);
      throw new SourceCut(`it ended after ${at} of ${opened.sizeBytes} bytes`);
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (!(error instanceof SourceCut)) throw error;
      const mayGoOn = at === 0 || (source.resumes && first?.version !== null);
      if (!mayGoOn || failures === MOST_FAILURES) throw gaveUp(source, at, error);
      facts.cuts += 1;
      onNote(`${source.shown} was cut at byte ${at} (${error.message}); it goes on from there`);
      await sleep(firstPauseMs * 2 ** (failures - 1), signal);
    } finally {
      attempt.abort(new Error('this attempt is over'));
      await source.close?.();
    }
  }
}

function requireSame(source: RemoteSource, first: OpenedSource | undefined, now: OpenedSource): void {
  if (first === undefined) return;
  if (first.version !== now.version || first.sizeBytes !== now.sizeBytes) throw changed(source);
}

function changed({ shown }: RemoteSource): RehearsalError {
  return new RehearsalError('SNAPSHOT_INVALID', `${shown} changed while it was read`, {
    hint: 'rehearse again once whoever writes it has ended, or name a copy that stays as it is',
  });
}

function gaveUp({ shown, resumes }: RemoteSource, at: number, error: SourceCut): RehearsalError {
  if (at === 0) return unreachable(shown, error.message);
  const why = resumes ? '' : '; such a source cannot go on from where it was';
  return unreachable(shown, `it was cut after ${at} bytes (${error.message})${why}`);
}

/** A silence that is too long, and whatever the stream itself breaks with, is a cut. */
async function* unstalled(
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
  quietMs = STALL_MS,
): AsyncGenerator<Buffer> {
  const iterator = bytes[Symbol.asyncIterator]();
  for (;;) {
    const next = await withTimeout(iterator.next(), quietMs, STALL, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof SourceCut || (error instanceof RehearsalError && !isStall(error))) throw error;
      throw new SourceCut(shortReason(error));
    });
    if (next.done === true) return;
    yield next.value;
  }
}

/** Of this file's own clock, and not of one of the source's. */
function isStall({ code, message }: RehearsalError): boolean {
  return code === 'TIMED_OUT' && message.startsWith(STALL);
}

/** Where the source could only begin at its beginning. */
async function* withoutStart(bytes: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let skip = length;
  for await (const chunk of bytes) {
    if (chunk.length > skip) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

/** What broke, without what may be secret: a code of the operating system or of the client, else its own words. */
export function shortReason(thrown: unknown): string {
  const error = asError(thrown);
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? error.message;
}
