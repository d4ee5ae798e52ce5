import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownUid } from '../../../claims/claim.ts';
import { isAlive } from '../../../process-identity.ts';
import {
  CLAIMS_ROOT,
  linkOf,
  NETWORK_ROLE,
  partOfName,
  routeMarkOf,
  stateRoot,
  type Part,
} from './part-names.ts';
import { runOfAlias } from './part-owner.ts';
import { claimsIn, readPartClaim, type ClaimedThing, type PartClaim } from './part-claim.ts';
import { ownRoutes } from './routes.ts';

interface Thing {
  readonly kind: 'namespace' | 'process' | 'cgroup' | 'link' | 'route' | 'folder';
  readonly name: string;
}

/** What this machine has of one host or network that carries a claim. */
export interface FoundPart extends Part {
  readonly things: readonly Thing[];
  readonly claim: PartClaim;
}

/** A folder below the state folder: with the claim that lies in it and is about it, or why there is none. */
interface FoundFolder {
  readonly path: string;
  readonly claim: PartClaim | undefined;
}

/** Every host and network of this user that has left anything here, by its claims. */
export async function findParts(): Promise<FoundPart[]> {
  const claims = new Map<string, PartClaim>();
  // The latter counts: a folder outlives the boot, and knows less.
  for (const { claim } of await stateFolders()) if (claim) claims.set(nameOf(claim), claim);
  for (const { claim } of await claimsIn(CLAIMS_ROOT)) if (claim) claims.set(nameOf(claim), claim);
  const own = [...claims.values()].filter(({ uid }) => uid === ownUid());
  return Promise.all(own.map(async (claim) => ({ ...claim, claim, things: await thingsOf(claim) })));
}

/** What lies where the folders of hosts do. */
export async function stateFolders(): Promise<FoundFolder[]> {
  const root = stateRoot();
  const names = await readdir(root).catch(() => []);
  return Promise.all(names.map((name) => lookAt(join(root, name), name)));
}

async function lookAt(path: string, name: string): Promise<FoundFolder> {
  const stats = await lstat(path, { bigint: true }).catch(() => undefined);
  if (stats?.isDirectory() !== true || stats.uid !== 0n) return { path, claim: undefined };
  const claim = await readPartClaim(join(path, 'claim'));
  // Of a draft the name ends with the number of the process that makes it.
  const part = partOfName(name.replace(/\.\d+$/, ''));
  const isItsName = claim?.runId === part?.runId && claim?.role === part?.role;
  const isAbout = claim?.things.some(({ kind, inode }) => kind === 'folder' && inode === String(stats.ino));
  return { path, claim: isItsName && isAbout === true ? claim : undefined };
}

function nameOf({ runId, role }: Part): string {
  return `${runId}.${role}`;
}

/** Those things of a claim that are there and are still the ones it was written for. */
async function thingsOf(claim: PartClaim): Promise<Thing[]> {
  const found = await Promise.all(claim.things.map((thing) => present(thing)));
  const link = linkOf(claim.runId);
  const alias =
    claim.role === NETWORK_ROLE
      ? await readFile(`/sys/class/net/${link}/ifalias`, 'utf8').catch(() => '')
      : '';
  const routes = claim.role === NETWORK_ROLE ? await ownRoutes(routeMarkOf(claim.runId)) : [];
  return [
    ...(runOfAlias(alias) === claim.runId ? [{ kind: 'link', name: link } as const] : []),
    ...found.flatMap((thing) => thing ?? []),
    ...routes.map(({ subnet }) => ({ kind: 'route', name: subnet }) as const),
  ];
}

async function present({ kind, inode, name }: ClaimedThing): Promise<Thing | undefined> {
  switch (kind) {
    case 'netns':
      return (await inodeOf(`/run/netns/${name}`)) === inode ? { kind: 'namespace', name } : undefined;
    case 'keeper':
      return (await isAlive({ pid: Number(name), startTime: inode })) ? { kind: 'process', name } : undefined;
    case 'cgroup':
    case 'folder':
      return (await inodeOf(name)) === inode ? { kind, name } : undefined;
    default:
      return undefined; // routes are known by their mark
  }
}

async function inodeOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && String(stats.ino);
}
