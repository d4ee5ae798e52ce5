import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudName } from '../../../infra/clouds/cloud.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import { documentOf } from './documents.ts';
import type { Machines } from './machines.ts';

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
 * `refuse-429` and `fail-500` are not carried out; `lost-500` and `drop` are, and nobody is told; `never` is dropped and not carried
 * out. The rest is up to the cloud.
 */
export type FaultKind =
  | 'refuse-429'
  | 'fail-500'
  | 'lost-500'
  | 'drop'
  | 'never'
  | 'slow'
  | 'unknown-fields'
  | 'unpaid'
  | 'sold-out'
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
  /** Its file name, or `none`. */
  readonly document: string;
  close(): Promise<void>;
}

interface FakeOptions {
  readonly cloud: CloudName;
  readonly make: MakeFake;
  readonly machines: Machines;
  readonly faults?: readonly Fault[];
  /** From the order to the host's running. */
  readonly createMs?: number;
}

const SLOW_MS = 1_000;

/** Starts the API of a cloud on loopback. Every request and answer is held against the cloud's published document. */
export async function startFake({
  cloud,
  make,
  machines,
  faults = [],
  createMs = 0,
}: FakeOptions): Promise<FakeCloud> {
  const { check, document } = documentOf(cloud);
  const api = make(machines, createMs);
  const requests: string[] = [];
  const violations: string[] = [];
  const seen = new Map<string, number>();

  const faultOf = (method: string, path: string): FaultKind | undefined => {
    const plain = path.replace(/\/[0-9a-f-]{36}|\/\d+/g, '/{id}');
    const count = (seen.get(`${method} ${plain}`) ?? 0) + 1;
    seen.set(`${method} ${plain}`, count);
    const found = faults.find(
      (one) => one.method === method && plain === one.path && (one.nth === 0 || one.nth === count),
    );
    return found?.kind;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request);
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
    const method = request.method ?? 'GET';
    const path = pathname.startsWith(api.base) ? pathname.slice(api.base.length) : pathname;
    const fault = faultOf(method, path);
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    const at = { method, path: pathname };
    const bad = check?.request({ ...at, query, headers: request.headers, body }) ?? [];
    violations.push(...bad.map((what) => `${method} ${path}: ${what}`));
    if (fault === 'never') {
      request.socket.destroy();
      return;
    }
    if (fault === 'refuse-429' || fault === 'fail-500') {
      const [status, message] = fault === 'fail-500' ? [500, 'internal error'] : [429, 'Rate limit exceeded'];
      requests.push(`${method} ${path} ${status} (${fault})`);
      send(response, status, api.error(status, message), { 'retry-after': '1' });
      return;
    }
    const [status, out] = await carriedOut({
      method,
      path,
      query,
      headers: request.headers,
      body: body ?? {},
      fault,
    });
    requests.push(`${method} ${path} ${status}${fault === undefined ? '' : ` (${fault})`}`);
    if (fault === 'drop') {
      request.socket.destroy();
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
