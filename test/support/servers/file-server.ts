import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signedHeaders } from '../../../scripts/snapshot/sources/sigv4.ts';

interface Given {
  bytes: Buffer;
  /** How many bytes each answer gives before the connection is broken; the answers after these are whole. */
  readonly cutAfter?: readonly number[];
  /** What is answered before that, one after the other, such as 503. */
  readonly refusals?: readonly number[];
  /** As a server that knows no Range does. */
  readonly withoutRange?: true;
}

interface AskedFor {
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A web server on loopback that gives files as S3 does: ETag, Range, If-Range, and where keys are set, signatures are checked. */
export interface FileServer {
  readonly origin: string;
  /** @returns its URL */
  give(name: string, bytes: Buffer, how?: Omit<Given, 'bytes'>): string;
  /** Puts other bytes in its place. */
  change(name: string, bytes: Buffer): void;
  /** What was asked for under that name, in order. */
  asked(name: string): readonly AskedFor[];
  stop(): Promise<void>;
}

export const TEST_KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'a-secret-of-the-test' };

export async function startFileServer(
  options: { readonly checksSignatures?: true } = {},
): Promise<FileServer> {
  const files = new Map<string, Given>();
  const asked = new Map<string, AskedFor[]>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    const name = decodeURIComponent(url.pathname.slice(1));
    const { range, authorization } = request.headers;
    const before = asked.get(name) ?? [];
    asked.set(name, [...before, { range, authorization }]);
    const file = files.get(name);
    if (options.checksSignatures && !isSigned(request, url)) end(response, 403);
    else if (file === undefined) end(response, 404);
    else answer(file, { request, response, times: before.length });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    give(name, bytes, how = {}) {
      files.set(name, { bytes, ...how });
      return `${origin}/${name}`;
    },
    change(name, bytes) {
      const file = files.get(name);
      if (file) file.bytes = bytes;
    },
    asked: (name) => asked.get(name) ?? [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Asking {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How often it was asked for before. */
  readonly times: number;
}

function answer({ bytes, cutAfter = [], refusals = [], withoutRange }: Given, asking: Asking): void {
  const { request, response, times } = asking;
  const refusal = refusals[times];
  if (refusal !== undefined) {
    end(response, refusal);
    return;
  }
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const ifRange = request.headers['if-range'];
  const isPart = asked !== undefined && withoutRange !== true && (ifRange === undefined || ifRange === etag);
  const from = isPart ? Number(asked) : 0;
  const part = bytes.subarray(from);
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-length': part.length,
    ...(isPart ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  const cut = cutAfter[times - refusals.length];
  if (cut === undefined) response.end(part);
  else response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** Signs what came as the client should have. */
function isSigned({ headers }: IncomingMessage, url: URL): boolean {
  const signed = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const region = /Credential=[^/]*\/\d+\/([^/]*)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const own = new Set(['host', 'x-amz-date', 'x-amz-content-sha256']);
  const names = signed.filter((name) => !own.has(name));
  const time = String(headers['x-amz-date']);
  const at = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(at.getTime())) return false;
  const values = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const { authorization } = signedHeaders({ url, headers: values, credentials: TEST_KEYS, region, at });
  return authorization === headers.authorization;
}
