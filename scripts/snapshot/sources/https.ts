import { RehearsalError } from '../../shared/errors.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import { shortReason } from './read-remote.ts';
import { notFound, refused, SourceCut, type OpenedSource, type RemoteSource } from './remote-source.ts';

const ANSWER_MS = 60_000;
/** Too many requests, and the server's own troubles: RFC 9110, 15.5 and 15.6. */
const TRY_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

interface Asked {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}
/** What to ask for the bytes from `from` on; headers of its own, such as a signature. */
type Ask = (from: number, extra: Readonly<Record<string, string>>) => Promise<Asked>;

/** A file that a web server gives. A user and a password in the URL are sent as a header (RFC 7617). */
export function httpsSource(url: URL): RemoteSource {
  const { plain, authorization } = withoutUser(url);
  for (const value of url.searchParams.values()) registerSecret(value); // a signed URL is a key
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  return httpSource(shown, async (_from, extra) =>
    Promise.resolve({ url: plain, headers: { ...extra, ...authorization } }),
  );
}

function withoutUser(url: URL): { plain: URL; authorization: Record<string, string> } {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  if (url.username === '' && url.password === '') return { plain, authorization: {} };
  const [user, password] = [url.username, url.password].map((part) => decodeURIComponent(part));
  const words = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
  for (const secret of [url.password, password ?? '', words]) registerSecret(secret);
  return { plain, authorization: { authorization: `Basic ${words}` } };
}

/** Bytes over HTTP, from wherever on: asked by Range, and by If-Range so that a changed file comes whole (RFC 9110, 13.1.5). */
export function httpSource(shown: string, ask: Ask): RemoteSource {
  let version: string | null = null;
  return {
    shown,
    resumes: true,
    async open(from, signal) {
      const range: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
      // A weak tag says nothing of single bytes.
      if (from > 0 && version !== null && !version.startsWith('W/')) range['if-range'] = version;
      const { url, headers } = await ask(from, { 'accept-encoding': 'identity', ...range });
      const answer = await fetch(url, { headers, signal: patient(signal) }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new SourceCut(shortReason(error));
      });
      const opened = await openedOf(shown, answer, from);
      version ??= opened.version;
      return opened;
    },
  };
}

/** For the answer's head; its body is watched by whoever reads it. */
function patient(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer within ${ANSWER_MS / 1000} s`));
  }, ANSWER_MS);
  timer.unref();
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
  });
  return AbortSignal.any([signal, late.signal]);
}

async function openedOf(shown: string, answer: Response, from: number): Promise<OpenedSource> {
  const { status, headers, body } = answer;
  if (status !== 200 && status !== 206) {
    await body?.cancel();
    throw refusal(shown, answer, from);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  // What was packed for the way only has another length and other places than what arrives.
  const isPacked = !['', 'identity'].includes(headers.get('content-encoding') ?? '');
  const length = headers.get('content-length');
  const size = status === 206 ? range?.[2] : length;
  return {
    bytes: body === null ? nothing() : buffers(body),
    startsAt: status === 206 ? Number(range?.[1] ?? from) : 0,
    sizeBytes: isPacked || size == null || size === '*' ? null : Number(size),
    version: isPacked ? null : (headers.get('etag') ?? headers.get('last-modified')),
  };
}

function refusal(shown: string, { status, statusText }: Response, from: number): Error {
  const said = `${status} ${statusText}`.trim();
  if (TRY_AGAIN.has(status)) return new SourceCut(said);
  if (status === 404 || status === 410) return notFound(shown, said);
  if (status === 401 || status === 403)
    return refused(
      shown,
      said,
      'look at the user, the password or the key that it is asked with, and whether they may read it',
    );
  if (status === 416 || status === 412)
    return new RehearsalError(
      'SNAPSHOT_INVALID',
      `${shown} changed while it was read: it has no byte ${from} now`,
    );
  return new RehearsalError('CONNECTION_FAILED', `the snapshot ${shown} cannot be read: ${said}`);
}

async function* buffers(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of body) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

async function* nothing(): AsyncGenerator<Buffer> {
  // An answer without a body.
}
