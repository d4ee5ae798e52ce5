import { Ajv, type ValidateFunction } from 'ajv';

/* Holds HTTP requests and answers against an OpenAPI 3.0 document, and is stricter than it: unknown keys, parameters and statuses are violations. */

type Json = Record<string, unknown>;

/** Those that the documents use; others are not checked. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  ipv6: /^[0-9a-f:.]+$/i,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};
const METHOD = /^(get|post|put|patch|delete)$/;

interface Exchange {
  /** `POST` */
  readonly method: string;
  /** As in the document, with the server's base path. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly item: Json;
  readonly op: Json;
  readonly names: readonly string[];
  readonly regex: RegExp;
  readonly pointer: string;
}

export class OpenApiCheck {
  readonly #doc: Json;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true, unicodeRegExp: false });
  readonly #routes: readonly Route[];
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #undocumented: Readonly<Record<number, string>>;

  /** @param undocumented statuses that the real API is known to send though the document does not say so, with their schema's pointer */
  constructor(doc: Json, undocumented: Readonly<Record<number, string>> = {}) {
    this.#doc = doc;
    this.#undocumented = undocumented;
    for (const [name, format] of Object.entries(FORMATS)) this.#ajv.addFormat(name, format);
    this.#ajv.addFormat('float', true);
    this.#ajv.addSchema({ $id: 'api:', ...(asJsonSchema(doc) as Json) });
    this.#routes = Object.entries(doc['paths'] as Record<string, Json>)
      .flatMap(([path, item]) =>
        Object.entries(item)
          .filter(([method]) => METHOD.test(method))
          .map(([method, op]) => routeOf(method, path, item, op as Json)),
      )
      .sort((one, other) => one.names.length - other.names.length);
  }

  /** Sentences on what is wrong with a request; empty = nothing. */
  request(exchange: Exchange): string[] {
    const { method, path, query, headers, body } = exchange;
    const route = this.#match(method, path);
    if (!route) return [`${method} ${path} is no operation`];
    const { op, item, pointer, values } = route;
    const out = this.#security(op, headers);
    const known = new Set<unknown>();
    const own = ((op['parameters'] ?? []) as Json[]).map(
      (raw, at) => [raw, `${pointer}/parameters/${at}`] as const,
    );
    const shared = ((item['parameters'] ?? []) as Json[]).map(
      (raw, at) => [raw, `/paths/${escaped(route.path)}/parameters/${at}`] as const,
    );
    for (const [raw, at] of [...shared, ...own]) {
      const {
        name,
        in: place,
        required,
        schema,
      } = this.#deref(raw) as { name: string; in: string; required?: boolean; schema: Json };
      if (place === 'query') known.add(name);
      const header = headers[name.toLowerCase()];
      const text =
        place === 'path' ? values[name] : place === 'query' ? (query.get(name) ?? undefined) : header;
      if (text === undefined) {
        if (required) out.push(`${place} ${name} is missing`);
        continue;
      }
      const where = typeof raw['$ref'] === 'string' ? raw['$ref'].slice(1) : at;
      this.#check(
        `${where}/schema`,
        valueOf(String(text), this.#deref(schema)['type']),
        `${place} ${name}`,
        out,
      );
    }
    for (const name of query.keys())
      if (!known.has(name.replace(/\[\]$/, ''))) out.push(`query ${name} is not known`);
    const raw = op['requestBody'] as Json | undefined;
    const wanted = raw && this.#deref(raw);
    if (body === undefined) {
      if (wanted?.['required']) out.push('body is missing');
    } else if (!raw) out.push('a body is not expected');
    else if (!/^application\/json\b/.test(String(headers['content-type'])))
      out.push('content-type is not application/json');
    else {
      const where = typeof raw['$ref'] === 'string' ? raw['$ref'].slice(1) : `${pointer}/requestBody`;
      this.#check(`${where}/content/application~1json/schema`, body, 'body', out);
    }
    return out;
  }

  /** The same for the answer. */
  response({ method, path }: Pick<Exchange, 'method' | 'path'>, status: number, body: unknown): string[] {
    const route = this.#match(method, path);
    if (!route) return [];
    const out: string[] = [];
    const responses = route.op['responses'] as Record<string, Json>;
    const key = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((one) => one in responses);
    if (key === undefined) {
      const schema = this.#undocumented[status];
      if (schema === undefined) return [`status ${status} is not documented`];
      this.#check(schema, body, 'body', out);
      return out;
    }
    const raw = responses[key] ?? {};
    const content = this.#deref(raw)['content'] as Json | undefined;
    const where =
      typeof raw['$ref'] === 'string' ? raw['$ref'].slice(1) : `${route.pointer}/responses/${key}`;
    if (content?.['application/json'])
      this.#check(`${where}/content/application~1json/schema`, body, 'body', out);
    return out;
  }

  #security(op: Json, headers: Exchange['headers']): string[] {
    const schemes = (this.#doc['components'] as Json)['securitySchemes'] as Record<string, Json>;
    const needed = ((op['security'] ?? this.#doc['security'] ?? []) as Json[]).flatMap(Object.keys);
    return needed.flatMap((name) => {
      const scheme = schemes[name] ?? {};
      const header = scheme['type'] === 'http' ? 'authorization' : String(scheme['name']).toLowerCase();
      return headers[header] === undefined ? [`header ${header} is missing`] : [];
    });
  }

  #match(method: string, path: string): (Route & { values: Record<string, string> }) | undefined {
    for (const route of this.#routes) {
      const found = route.method === method ? route.regex.exec(path) : null;
      if (found) {
        const values = Object.fromEntries(
          route.names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]),
        );
        return { ...route, values };
      }
    }
    return undefined;
  }

  #deref(node: Json): Json {
    let at = node;
    while (typeof at['$ref'] === 'string') {
      const keys = at['$ref'].slice(2).split('/');
      at = keys.reduce<Json>(
        (inner, key) => inner[key.replace(/~1/g, '/').replace(/~0/g, '~')] as Json,
        this.#doc,
      );
    }
    return at;
  }

  #check(pointer: string, value: unknown, where: string, out: string[]): void {
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `api:#${pointer}` });
    this.#compiled.set(pointer, validate);
    if (validate(value)) return;
    for (const { instancePath, message, params } of validate.errors ?? []) {
      const extra = (params as Json)['additionalProperty'];
      out.push(`${where}${instancePath} ${message ?? ''}${typeof extra === 'string' ? ` (${extra})` : ''}`);
    }
  }
}

function routeOf(method: string, path: string, item: Json, op: Json): Route {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.+*?^$()|[\]\\]/g, '\\$&'));
  const pointer = `/paths/${escaped(path)}/${method}`;
  return {
    method: method.toUpperCase(),
    path,
    item,
    op,
    names,
    regex: new RegExp(`^${parts.join('([^/]+)')}$`),
    pointer,
  };
}

function escaped(path: string): string {
  return path.replace(/~/g, '~0').replace(/\//g, '~1').replace(/\{/g, '%7B').replace(/\}/g, '%7D');
}

function valueOf(text: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number')
    return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return type === 'array' ? text.split(',') : text;
}

/** OpenAPI 3.0 to JSON Schema: `nullable`, no examples; objects closed, but for parts of an allOf, which must let the others' keys pass. */
function asJsonSchema(doc: Json): unknown {
  const open = new Set<string>();
  const findOpen = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const parts = (node as Json)['allOf'];
    for (const part of Array.isArray(parts) ? (parts as Json[]) : [])
      if (typeof part['$ref'] === 'string') open.add(part['$ref'].slice(1));
    for (const value of Object.values(node)) findOpen(value);
  };
  findOpen(doc);
  const walk = (node: unknown, at: string, member: boolean): unknown => {
    if (Array.isArray(node)) return node.map((one, index) => walk(one, `${at}/${index}`, member));
    if (node === null || typeof node !== 'object') return node;
    const out: Json = {};
    for (const [key, value] of Object.entries(node))
      if (key !== 'example' && key !== 'examples') out[key] = walk(value, `${at}/${key}`, key === 'allOf');
    if (out['nullable'] === true && typeof out['type'] === 'string') {
      out['type'] = [out['type'], 'null'];
      if (Array.isArray(out['enum'])) out['enum'] = [...(out['enum'] as unknown[]), null];
    }
    const combined = out['allOf'] ?? out['oneOf'] ?? out['anyOf'];
    const closes = out['type'] === 'object' && out['properties'] && out['additionalProperties'] === undefined;
    if (closes && !combined && !member && !open.has(at)) out['additionalProperties'] = false;
    return out;
  };
  return walk(doc, '', false);
}
