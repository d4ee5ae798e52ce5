import { RehearsalError } from '../../shared/errors.ts';
import { cut } from '../../report/cut.ts';
import type { Outside } from '../surface.ts';

const PATIENCE_MS = 10_000;
const TRIES = 3;
const LONGEST_PAUSE_MS = 30_000;
const MOST_CHARACTERS = 200;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly document: unknown;
  readonly headers: Headers;
}

/** What the other side means by a status, for the person who has to mend it. */
type StatusWords = Readonly<Record<number, string>>;

/**
 * One request, tried again where the other side is busy or out of order.
 * @throws PUBLISH_FAILED with what `words` say of the status
 */
export async function request(
  { fetch, sleep }: Pick<Outside, 'fetch' | 'sleep'>,
  { method, url, headers, body }: Request,
  words: StatusWords = {},
): Promise<Answer> {
  const { host } = new URL(url);
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (answer?.ok) return { document: await documentOf(answer), headers: answer.headers };
    if (attempt < TRIES && (answer === undefined || isBusy(answer))) {
      await sleep(pauseMs(answer, attempt));
      continue;
    }
    throw new RehearsalError('PUBLISH_FAILED', await failureText(answer, host, words), {
      hint: 'the run and its report are not touched; publish it again when that is mended',
    });
  }
}

/** A limit of rate comes as 429, and from GitHub also as 403 with nothing remaining. */
function isBusy({ status, headers }: Response): boolean {
  return status === 429 || status >= 500 || (status === 403 && headers.get('x-ratelimit-remaining') === '0');
}

/** As the other side asks, else longer from try to try. */
function pauseMs(answer: Response | undefined, attempt: number): number {
  const asked = Number(answer?.headers.get('retry-after') ?? NaN) * 1000;
  return Math.min(Number.isFinite(asked) ? asked : 500 * 2 ** attempt, LONGEST_PAUSE_MS);
}

async function failureText(answer: Response | undefined, host: string, words: StatusWords): Promise<string> {
  if (answer === undefined) return `${host} does not answer`;
  const { status } = answer;
  if (isBusy(answer)) return `${host} answers ${status} again and again: it is busy or out of order`;
  const document = await documentOf(answer).catch(() => undefined);
  const { message } = { message: undefined, ...(typeof document === 'object' ? document : {}) };
  const said = typeof message === 'string' ? ` (${cut(message, MOST_CHARACTERS, '…')})` : '';
  return `${host} answers ${status}${said}${words[status] === undefined ? '' : `: ${words[status]}`}`;
}

async function documentOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
