import type { z } from 'zod';
import { sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import { limitAfter } from '../../scripts/shared/within.ts';

const REQUEST_MS = 30_000;
const TRIES = 5;
/** An interrupted POST is waited for: its answer tells what has to be removed. */
const POST_GRACE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const TOO_MANY = 429;
const NOT_FOUND = 404;
const LEAST_SERVER_ERROR = 500;

/** What a refusal is about, as far as it can be told: it decides what is tried next and what people are told. */
export type RefusedFor = 'soldOut' | 'quota' | 'billing' | 'access' | 'taken' | 'inUse' | 'rate' | 'other';

/** The cloud answered, and the answer is no: nothing was done. */
export class CloudRefused extends RehearsalError {
  readonly status: number;
  readonly about: RefusedFor;

  constructor(message: string, facts: { status: number; about: RefusedFor; hint: string }) {
    super('CLOUD_REFUSED', message, { hint: facts.hint });
    this.name = 'CloudRefused';
    this.status = facts.status;
    this.about = facts.about;
  }
}

/** Tells one from a refusal where nothing but text comes through. */
export const UNCLEAR_HINT = 'try again; rehearse reap looks for what may have been made';

/** No answer, or one that does not say whether the request was carried out. */
export class CloudUnclear extends RehearsalError {
  constructor(message: string, cause?: unknown) {
    super('CLOUD_UNCLEAR', message, { hint: UNCLEAR_HINT, cause });
    this.name = 'CloudUnclear';
  }
}

/** What an error body says. */
export interface SaidError {
  readonly message: string;
  readonly about: RefusedFor;
}

interface ApiOptions {
  /** `Raff`, for messages. */
  readonly title: string;
  /** Without a slash at its end. */
  readonly base: string;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly said: (status: number, body: unknown) => SaidError;
  /** 30 s unless given. */
  readonly requestMs?: number;
  /** Between the first two tries, doubled from one to the next; a second unless given. */
  readonly pauseMs?: number;
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** A JSON API over HTTP. What only reads or removes is tried again; a POST is sent once, unless it was not looked at (429). */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** @throws CloudRefused, CloudUnclear, or the signal's reason */
  async get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#parsed(await this.#again({ method: 'GET', path, signal }), schema, path);
  }

  /** As `get`, but undefined where there is no such thing. */
  async find<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    return notFoundAs(undefined, () => this.get(path, schema, signal));
  }

  /** @throws CloudUnclear where it may have been carried out: look before another one is sent */
  async post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#parsed(await this.#again({ method: 'POST', path, body, signal }), schema, path);
  }

  /** False where it was gone. */
  async delete(path: string, signal: AbortSignal, body?: unknown): Promise<boolean> {
    return notFoundAs(false, async () => {
      await this.#again({ method: 'DELETE', path, body, signal });
      return true;
    });
  }

  async #again(request: Request): Promise<unknown> {
    const { pauseMs = FIRST_PAUSE_MS } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(request);
      } catch (error) {
        request.signal.throwIfAborted();
        const wait = retryAfterMs(error, request.method, pauseMs * 2 ** (tries - 1));
        if (wait === undefined || tries === TRIES) throw error instanceof TooMany ? error.refused : error;
        await sleep(Math.min(wait, LONGEST_PAUSE_MS), request.signal);
      }
    }
  }

  async #once({ method, path, body, signal }: Request): Promise<unknown> {
    signal.throwIfAborted();
    const { base, headers, title, requestMs = REQUEST_MS } = this.#options;
    const limit = limitAfter(requestMs);
    const stop = later(signal, method === 'POST' ? POST_GRACE_MS : 0);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'dress-rehearsal',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers(),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A token never follows to another place.
        redirect: 'error',
        signal: AbortSignal.any([stop.signal, limit]),
      });
      text = await response.text();
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const why = limit.aborted ? `no answer in ${requestMs / 1000} s` : deepest(cause);
      throw new CloudUnclear(`${title} ${method} ${pathOf(path)}: ${why}`, cause);
    } finally {
      stop.end();
    }
    if (response.ok) return text === '' ? undefined : this.#json(text, `${method} ${pathOf(path)}`);
    throw this.#failure(response, text, `${method} ${pathOf(path)}`);
  }

  #json(text: string, what: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new CloudUnclear(`${this.#options.title} ${what}: the answer is not JSON`, cause);
    }
  }

  #failure({ status, headers }: Response, text: string, what: string): Error {
    const { title, said } = this.#options;
    const { message, about } = said(status, jsonOrNothing(text));
    const line = redact(`${title} ${what} answers ${status}: ${message}`);
    if (status >= LEAST_SERVER_ERROR) return new CloudUnclear(line);
    const why = status === TOO_MANY ? 'rate' : about;
    const refused = new CloudRefused(line, { status, about: why, hint: HINTS[why](title) });
    if (status !== TOO_MANY) return refused;
    return new TooMany(refused, Number(headers.get('retry-after') ?? Number.NaN) * 1000);
  }

  #parsed<T>(value: unknown, schema: z.ZodType<T>, path: string): T {
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    const where = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new CloudUnclear(
      `${this.#options.title} answered ${pathOf(path)} otherwise than documented: ${where}`,
    );
  }
}

/** Not looked at: the same request may be sent again. */
class TooMany extends Error {
  readonly refused: CloudRefused;
  readonly afterMs: number;

  constructor(refused: CloudRefused, afterMs: number) {
    super(refused.message);
    this.refused = refused;
    this.afterMs = afterMs;
  }
}

const HINTS: Readonly<Record<RefusedFor, (title: string) => string>> = {
  soldOut: (title) => `${title} has none left of this size: take another size or location, or try later`,
  quota: () => 'a limit of the account is reached: rehearse reap shows what runs of ours hold of it',
  billing: (title) => `see the billing page of ${title}: a way to pay, or a balance, is missing`,
  access: () => 'check the token, its project and its rights (docs/clouds.md lists them)',
  taken: () => 'rehearse reap shows what is there of ours',
  inUse: () => 'it is still in use; rehearse reap --execute tries again',
  rate: () =>
    'it allows so many requests in a time, of all who share the account: wait some minutes, and try again',
  other: () => 'docs/clouds.md tells what the account needs',
};

/** Tells one from other refusals where nothing but text comes through. */
export const soldOutHint = HINTS.soldOut;

/** How long to wait before another try; undefined = none is of use, or it could do something twice. */
function retryAfterMs(error: unknown, method: string, pauseMs: number): number | undefined {
  if (error instanceof TooMany) return Number.isFinite(error.afterMs) ? error.afterMs : pauseMs;
  return error instanceof CloudUnclear && method !== 'POST' ? pauseMs : undefined;
}

/** Aborts so long after `signal` does, until `end` is called. */
function later(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    timer = setTimeout(() => {
      controller.abort(signal.reason);
    }, ms);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  const end = (): void => {
    signal.removeEventListener('abort', abort);
    clearTimeout(timer);
  };
  return { signal: controller.signal, end };
}

async function notFoundAs<T>(nothing: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CloudRefused && error.status === NOT_FOUND) return nothing;
    throw error;
  }
}

function pathOf(path: string): string {
  return path.split('?')[0] ?? path;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** fetch hides what happened behind `fetch failed`. */
function deepest(error: unknown): string {
  const { message, cause } = asError(error);
  return cause === undefined ? message : deepest(cause);
}
