import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import {
  CGROUP_ROOT,
  NETWORK_ROLE,
  partOf,
  partOfNetns,
  ROUTE_PROTO,
  routeMarkOf,
  stateRoot,
  type Part,
} from './names.ts';
import { parseAlias, type Claim } from './owner.ts';

export interface Thing {
  readonly kind: 'namespace' | 'process' | 'cgroup' | 'link' | 'route' | 'folder';
  readonly name: string;
}

/** What this machine has of one host or network. */
export interface FoundPart extends Part {
  readonly things: readonly Thing[];
  /** Null where nothing says whose it is. */
  readonly claim: Claim | null;
  /** When its folder was made; null without one. */
  readonly bornMs: number | null;
}

interface Trace {
  readonly part: Part;
  readonly thing: Thing;
  readonly claim?: Claim | undefined;
  readonly bornMs?: number;
}

/** Every host and network of ours that has left any trace here, from its name in namespaces, arguments, cgroups and links. */
export async function findParts(): Promise<FoundPart[]> {
  // The first claim found counts: a folder's is the latest, then an alias, then arguments.
  const traces = [
    ...(await folders()),
    ...(await links()),
    ...(await processes()),
    ...(await namespaces()),
    ...(await cgroups()),
  ];
  const marks = await ownRoutes();
  const byName = new Map<string, Trace[]>();
  for (const trace of traces) {
    const name = `${trace.part.runId}/${trace.part.role}`;
    byName.set(name, [...(byName.get(name) ?? []), trace]);
  }
  return [...byName.values()].flatMap((group) => {
    const part = group[0]?.part;
    if (!part) return [];
    const routes =
      part.role === NETWORK_ROLE ? marks.filter(({ mark }) => mark === routeMarkOf(part.runId)) : [];
    return {
      ...part,
      things: [
        ...group.map(({ thing }) => thing),
        ...routes.map(({ subnet }) => ({ kind: 'route', name: subnet }) as const),
      ],
      claim: group.find(({ claim }) => claim)?.claim ?? null,
      bornMs: group.find(({ bornMs }) => bornMs !== undefined)?.bornMs ?? null,
    };
  });
}

export interface MarkedRoute {
  readonly subnet: string;
  readonly mark: number;
}

/** Routes that none of these runs has made. */
export async function findOrphanRoutes(runIds: readonly string[]): Promise<MarkedRoute[]> {
  const known = new Set(runIds.map(routeMarkOf));
  return (await ownRoutes()).filter(({ mark }) => !known.has(mark));
}

const routesSchema = z.array(
  z.object({ dst: z.string(), metrics: z.array(z.object({ window: z.int().optional() })).optional() }),
);

async function ownRoutes(): Promise<MarkedRoute[]> {
  const args = ['-4', '-j', 'route', 'show', 'proto', String(ROUTE_PROTO), 'type', 'unreachable'];
  const { stdout, exitCode } = await execa('ip', args, { reject: false, timeout: 10_000 });
  if (exitCode !== 0) return [];
  return routesSchema.parse(JSON.parse(stdout || '[]')).flatMap(({ dst, metrics }) => {
    const mark = metrics?.[0]?.window;
    return mark === undefined ? [] : [{ subnet: dst, mark }];
  });
}

async function folders(): Promise<Trace[]> {
  const root = stateRoot();
  const found: Trace[] = [];
  for (const runId of await list(root)) {
    for (const role of await list(join(root, runId))) {
      const part = partOf(runId, role);
      const dir = join(root, runId, role);
      const stats = part && (await stat(dir).catch(() => undefined));
      if (!part || !stats) continue;
      const bornMs = stats.birthtimeMs > 0 ? stats.birthtimeMs : stats.mtimeMs;
      found.push({ part, bornMs, thing: { kind: 'folder', name: dir }, claim: await claimOfFolder(dir) });
    }
  }
  return found;
}

async function claimOfFolder(dir: string): Promise<Claim | undefined> {
  const [expires, owner] = await Promise.all([text(join(dir, 'expires')), text(join(dir, 'owner'))]);
  const [seconds = '', how] = expires.trim().split(' ');
  if (owner === '') return undefined;
  return {
    owner: owner.trim(),
    kept: how === 'kept',
    expiresAtMs: /^\d+$/.test(seconds) ? Number(seconds) * 1000 : null,
  };
}

async function links(): Promise<Trace[]> {
  const found: Trace[] = [];
  for (const name of await list('/sys/class/net')) {
    const claim = parseAlias(await text(`/sys/class/net/${name}/ifalias`));
    const part = claim && partOf(claim.runId, NETWORK_ROLE);
    if (part) found.push({ part, claim, thing: { kind: 'link', name } });
  }
  return found;
}

/** Keepers and processes 1 of hosts: bash, with a marker among its arguments, followed by run, role, and expiry. */
async function processes(): Promise<Trace[]> {
  const found: Trace[] = [];
  for (const pid of await list('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const argv = (await text(`/proc/${pid}/cmdline`)).split('\0');
    const marker = argv.findIndex((word) => word === 'rehearse-keeper' || word === 'rehearse-host');
    const [runId = '', role = '', seconds = '', owner = ''] = argv.slice(marker + 1);
    const part = marker < 2 || !/^\d+$/.test(seconds) ? undefined : partOf(runId, role);
    if (!part) continue;
    const claim = owner === '' ? undefined : { owner, kept: false, expiresAtMs: Number(seconds) * 1000 };
    found.push({ part, claim, thing: { kind: 'process', name: pid } });
  }
  return found;
}

async function namespaces(): Promise<Trace[]> {
  return (await list('/run/netns')).flatMap((name) => {
    const part = partOfNetns(name);
    return part ? [{ part, thing: { kind: 'namespace', name } }] : [];
  });
}

async function cgroups(): Promise<Trace[]> {
  const found: Trace[] = [];
  const trees = ['.', ...(await list(CGROUP_ROOT))].map((tree) => join(CGROUP_ROOT, tree, 'rehearse'));
  for (const tree of trees) {
    for (const runId of await list(tree)) {
      for (const role of await list(join(tree, runId))) {
        const part = partOf(runId, role);
        const dir = join(tree, runId, role);
        if (part && (await stat(dir).catch(() => undefined))?.isDirectory() === true) {
          found.push({ part, thing: { kind: 'cgroup', name: dir } });
        }
      }
    }
  }
  return found;
}

async function list(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
