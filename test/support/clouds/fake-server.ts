import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudName } from '../../../infra/clouds/cloud.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import { documentOf } from './documents.ts';
import type { Machines } from './machines.ts';
import { Unlisted } from './unlisted.ts';

/** What goes wrong, at the nth request of that method and path. */
export interface Fault {
  readonly method: string;
  /** The last words of the path without ids, such as `/vms`. */
  readonly path: string;
  /** From 1; 0 = each time. */
  readonly nth: number;
  readonly kind: FaultKind;
}

/**
 * `refuse-401`, `refuse-409`, `refuse-429` and `fail-500` are not carried out; `garbled`, `lost-500` and `drop` are, and nobody is told; `never` is dropped and not carried
 * out. What was made meanwhile is in no list for a while after `lags`, and after `drop-lags`, whose answer is lost besides. From `sold-out-there` on nothing is to be had in the location of that order. The rest is up to the cloud.
 */
export type FaultKind =
  | 'refuse-401'
  | 'refuse-409'
  | 'garbled'
  | 'refuse-429'
  | 'fail-500'
  | 'lost-500'
  | 'drop'
  | 'never'
  | 'lags'
  | 'drop-lags'
  | 'slow'
  | 'unknown-fields'
  | 'unpaid'
  | 'sold-out'
  | 'sold-out-there'
  | 'over-quota'
  | 'failure'
  | 'no-ssh'
  | 'subscription';

export interface FakeRequest {
  readonly method: string;
  /** Without the server's base path. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly fault: FaultKind | undefined;
}

/** Status, and body where there is one. */
export type Answer = readonly [number, unknown?];

/** What one cloud answers. */
export interface FakeApi {
  readonly base: string;
  answer(request: FakeRequest): Promise<Answer>;
  /** An error in its own shape. */
  error(status: number, message: string): unknown;
  /** What is there, one a line. */
  left(): string[];
  /** How many hosts were ever made. */
  readonly hostsMade: number;
  /** How many hosts there were at most of one name. */
  twins(): string[];
}

export type MakeFake = (machines: Machines, createMs: number) => FakeApi;

export interface FakeCloud {
  readonly url: string;
  readonly api: FakeApi;
  /** `POST /vms 201`, in order. */
  readonly requests: readonly string[];
  /** What was against the document: of a request, or (`FAKE …`) of an answer of ours. */
  readonly violations: readonly string[];
  /** The file name of the document that all was held against; undefined = nothing was checked. */
  readonly document: string | undefined;
  close(): Promise<void>;
}

interface FakeOptions {
  readonly cloud: CloudName;
  readonly make: MakeFake;
  readonly machines: Machines;
  readonly faults?: readonly Fault[];
  /** From the order to the host's running. */
  readonly createMs?: number;
  /** How long the lists lag behind, where they do. */
  readonly lagMs?: number;
  /** Called when a request was carried out and before it is answered, with such as `POST /vms` and how many there were of it. */
  readonly onRequest?: (what: string, nth: number) => void;
}

const SLOW_MS = 1_000;
const LAG_MS = 300;
const LAGS: readonly (FaultKind | undefined)[] = ['lags', 'drop-lags'];
const DROPS: readonly (FaultKind | undefined)[] = ['drop', 'drop-lags'];
/** Numbers, UUIDs, fingerprints of keys and tags of runs, as paths have them. */
const IDS = /\/([0-9a-f-]{36}|[0-9a-f]{2}(:[0-9a-f]{2}){15}|\d+|run%3A[^/]+)(?=\/|$)/g;
const REFUSALS: Readonly<Partial<Record<FaultKind, readonly [number, string]>>> = {
  'refuse-401': [401, 'invalid token'],
  'refuse-409': [409, 'the resource is locked by another operation'],
  'refuse-429': [429, 'Rate limit exceeded'],
  'fail-500': [500, 'internal error'],
};

/** Starts the API of a cloud on loopback. Every request and answer is held against the cloud's published document. */
export async function startFake({
  cloud,
  make,
  machines,
  faults = [],
  createMs = 0,
  lagMs = LAG_MS,
  onRequest = () => undefined,
}: FakeOptions): Promise<FakeCloud> {
  const { check, document } = documentOf(cloud);
  const api = make(machines, createMs);
  const requests: string[] = [];
  const violations: string[] = [];
  const seen = new Map<string, number>();
  const unlisted = new Unlisted(lagMs);

  const counted = (method: string, path: string): { what: string; nth: number } => {
    const what = `${method} ${path.replace(IDS, '/{id}')}`;
    const nth = (seen.get(what) ?? 0) + 1;
    seen.set(what, nth);
    return { what, nth };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request);
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
    const method = request.method ?? 'GET';
    const path = pathname.startsWith(api.base) ? pathname.slice(api.base.length) : pathname;
    const { what, nth } = counted(method, path);
    const fault = faults.find(
      (one) => `${one.method} ${one.path}` === what && [0, nth].includes(one.nth),
    )?.kind;
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    const at = { method, path: pathname };
    const bad = check?.request({ ...at, query, headers: request.headers, body }) ?? [];
    violations.push(...bad.map((what) => `${method} ${path}: ${what}`));
    if (fault === 'never') {
      request.socket.destroy();
      return;
    }
    const refusal = fault && REFUSALS[fault];
    if (refusal) {
      const [status, message] = refusal;
      requests.push(`${method} ${path} ${status} (${fault})`);
      send(response, status, api.error(status, message), { 'retry-after': '1' });
      return;
    }
    const done = await carriedOut({
      method,
      path,
      query,
      headers: request.headers,
      body: body ?? {},
      fault,
    });
    if (LAGS.includes(fault)) unlisted.hide(path, done);
    const [status, out] = method === 'GET' ? unlisted.shown(path, done) : done;
    requests.push(`${method} ${path} ${status}${fault === undefined ? '' : ` (${fault})`}`);
    onRequest(what, nth);
    if (DROPS.includes(fault)) {
      request.socket.destroy();
      return;
    }
    if (fault === 'garbled') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      return;
    }
    if (fault === 'lost-500') {
      send(response, 500, api.error(500, 'internal error'));
      return;
    }
    const plain = out === undefined ? undefined : (JSON.parse(JSON.stringify(out)) as unknown);
    if (bad.length === 0) {
      const own = plain === undefined ? [] : (check?.response(at, status, plain) ?? []);
      violations.push(...own.map((what) => `FAKE ${method} ${path} ${status}: ${what}`));
    }
    if (fault === 'slow') await sleep(SLOW_MS);
    send(
      response,
      status,
      fault === 'unknown-fields' ? { ...(out as object), surprise: { of: 'a later version' } } : out,
    );
  };

  const carriedOut = async (request: FakeRequest): Promise<Answer> => {
    try {
      return await api.answer(request);
    } catch (error) {
      return [500, api.error(500, asError(error).message)];
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      violations.push(`FAKE: ${asError(error).message}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    api,
    requests,
    violations,
    document,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await machines.removeAll();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** `POST /vms#1:drop, GET /vms#0:fail-500` */
export function parseFaults(text: string): Fault[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [, method, path, nth, kind] = /^([A-Z]+) (\/\S*?)#(\d+):([a-z0-9-]+)$/.exec(one) ?? [];
      if (method === undefined || path === undefined)
        throw new Error(`${one} is no fault such as POST /vms#1:drop`);
      return { method, path, nth: Number(nth), kind: kind as FaultKind };
    });
}
