import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text/format.ts';

/** A host that does not answer within this is not reachable from here. */
const CONNECT_MS = 4_000;
const STALL_MS = 20_000;

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly progress?: (detail: string) => void;
}

/** @throws an Error with the reason in a few words, or the signal's reason */
export async function fetchText(url: string, { signal }: FetchOptions): Promise<string> {
  return limited(url, signal, async (response) => response.text());
}

/** Downloads to a file and returns its sha256 in hex. @throws as `fetchText` does */
export async function fetchFile(url: string, to: string, options: FetchOptions): Promise<string> {
  const { signal, progress } = options;
  return limited(url, signal, async (response, stop) => {
    if (response.body === null) throw new Error(`${url} is empty`);
    const hash = createHash('sha256');
    const totalBytes = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    const stalled = setTimeout(() => {
      stop(new Error(`${url} sent nothing for ${STALL_MS / 1000} s`));
    }, STALL_MS);
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        stalled.refresh();
        progress?.(`${formatBytes(bytes)}${totalBytes === 0 ? '' : ` of ${formatBytes(totalBytes)}`}`);
        done(null, chunk);
      },
    });
    try {
      await pipeline(response.body, count, createWriteStream(to));
    } finally {
      clearTimeout(stalled);
    }
    return hash.digest('hex');
  });
}

async function limited<T>(
  url: string,
  signal: AbortSignal,
  use: (response: Response, stop: (reason: Error) => void) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const stop = (reason: Error): void => {
    own.abort(reason);
  };
  const connect = setTimeout(stop, CONNECT_MS, new Error(`no answer within ${CONNECT_MS / 1000} s`));
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, own.signal]) });
    clearTimeout(connect);
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return await use(response, stop);
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${new URL(url).host}: ${reasonOf(own.signal.aborted ? own.signal.reason : error)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(connect);
  }
}

/** `fetch` only says that it failed; why is in the cause. */
function reasonOf(thrown: unknown): string {
  const error = asError(thrown);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
