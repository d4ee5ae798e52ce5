import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** GitHub's own words (REST API, create an issue comment). */
const TOO_LONG = 'Body is too long (maximum is 65536 characters)';
const PER_PAGE = 3;

interface FakeComment {
  id: number;
  body: string;
}

/** What the API has, and what it was asked. */
export interface FakeForge {
  readonly url: string;
  readonly comments: FakeComment[];
  /** `POST /repos/…`, in order. */
  readonly asked: string[];
  /** Requests that are not as the API documents them: none may be left. */
  readonly mistakes: string[];
  /** Answers the next request so, instead of doing it; repeated as often as it stands there. */
  readonly failures: { status: number; message: string; headers?: Record<string, string> }[];
  readonly close: () => Promise<void>;
}

interface Shape {
  /** The path of the list; one comment is `one` + id. */
  readonly list: string;
  readonly one: string;
  readonly update: 'PATCH' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly mostCharacters: number;
}

export const GITHUB: Shape = {
  list: '/repos/acme/shop/issues/7/comments',
  one: '/repos/acme/shop/issues/comments/',
  update: 'PATCH',
  headers: {
    authorization: 'Bearer s3cret-token',
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  },
  mostCharacters: 65_536,
};

export const GITLAB: Shape = {
  list: '/projects/42/merge_requests/7/notes',
  one: '/projects/42/merge_requests/7/notes/',
  update: 'PUT',
  headers: { 'private-token': 's3cret-token' },
  mostCharacters: 1_000_000,
};

/** A forge on a port of its own that holds each request to the documented shape. */
export async function fakeForge(shape: Shape): Promise<FakeForge> {
  const forge = { comments: [], asked: [], mistakes: [], failures: [] } as unknown as {
    -readonly [K in keyof FakeForge]: FakeForge[K];
  };
  const server = createServer((request, response) => void answer(forge, shape, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  forge.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  forge.close = () =>
    new Promise((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
  return forge;
}

async function answer(
  forge: FakeForge,
  shape: Shape,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', forge.url);
  forge.asked.push(`${request.method} ${url.pathname}`);
  for (const [name, value] of Object.entries(shape.headers)) {
    if (request.headers[name] !== value) forge.mistakes.push(`${name}: ${String(request.headers[name])}`);
  }
  const reply = (status: number, document: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(document));
  };
  const failure = forge.failures.shift();
  const body = await bodyOf(request);
  if (failure) {
    reply(failure.status, { message: failure.message }, failure.headers);
    return;
  }
  const id = Number(url.pathname.slice(shape.one.length));
  const comment = url.pathname.startsWith(shape.one)
    ? forge.comments.find((one) => one.id === id)
    : undefined;
  if (request.method === 'GET' && url.pathname === shape.list) list(forge, url, reply);
  else if (request.method === 'DELETE' && comment) {
    forge.comments.splice(forge.comments.indexOf(comment), 1);
    reply(204, null);
  } else if (request.method === 'POST' && url.pathname === shape.list) {
    const text = textOf(forge, body, request);
    if (text.length > shape.mostCharacters) reply(422, { message: TOO_LONG });
    else {
      const made = { id: (forge.comments.at(-1)?.id ?? 100) + 1, body: text };
      forge.comments.push(made);
      reply(201, made);
    }
  } else if (request.method === shape.update && comment) {
    comment.body = textOf(forge, body, request);
    reply(200, comment);
  } else reply(404, { message: 'Not Found' });
}

/** Both ways of paging: GitHub's link, GitLab's header. */
function list(
  forge: FakeForge,
  url: URL,
  reply: (status: number, document: unknown, headers: Record<string, string>) => void,
): void {
  const page = Number(url.searchParams.get('page') ?? 1);
  if (url.searchParams.get('per_page') !== '100') forge.mistakes.push(`per_page ${url.search}`);
  const hasMore = forge.comments.length > page * PER_PAGE;
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  reply(200, forge.comments.slice((page - 1) * PER_PAGE, page * PER_PAGE), {
    ...(hasMore ? { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } : {}),
    'x-next-page': hasMore ? String(page + 1) : '',
  });
}

function textOf(forge: FakeForge, body: string, { headers }: IncomingMessage): string {
  if (headers['content-type'] !== 'application/json')
    forge.mistakes.push(`content-type ${headers['content-type'] ?? ''}`);
  const document = JSON.parse(body) as Record<string, unknown>;
  if (Object.keys(document).join() !== 'body') forge.mistakes.push(`keys ${Object.keys(document).join()}`);
  return String(document['body']);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
