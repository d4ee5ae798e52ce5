import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownUid } from '../../../claims/claim.ts';
import type { NotOurs } from '../../../contract/target.ts';
import { findParts, stateFolders } from './find-parts.ts';
import { CGROUP_ROOT, CLAIMS_ROOT, looksLikeOurs, routeMarkOf } from './part-names.ts';
import { runOfAlias } from './part-owner.ts';
import { claimsIn } from './part-claim.ts';
import { ownRoutes } from './routes.ts';

const NO_CLAIM = 'it has no claim';

/** What is called like hosts and networks of ours: other users', and what carries no claim. */
export async function localNotOurs(): Promise<NotOurs[]> {
  if (process.platform !== 'linux') return [];
  const claims = [...(await claimsIn(CLAIMS_ROOT)), ...(await stateFolders())];
  const others = claims.filter(({ claim }) => claim?.uid !== ownUid());
  return [
    ...others.map(({ path, claim }) => ({
      what: path,
      why: claim === undefined ? NO_CLAIM : `it belongs to user ${claim.uid}`,
    })),
    ...(await unclaimedThings(claims.flatMap(({ claim }) => claim?.runId ?? []))),
  ];
}

/** @param runIds the runs that have a claim here, whoever's they are */
async function unclaimedThings(runIds: readonly string[]): Promise<NotOurs[]> {
  const parts = await findParts();
  const known = new Set(parts.flatMap(({ things }) => things.map(({ kind, name }) => `${kind} ${name}`)));
  const isOthers = (text: string): boolean => runIds.some((runId) => text.includes(`.${runId}.`));
  const namespaces = (await list('/run/netns')).filter(looksLikeOurs).filter((name) => !isOthers(name));
  const cgroups = (await cgroupsLikeOurs()).filter((path) => !isOthers(path));
  const links: string[] = [];
  for (const name of await list('/sys/class/net')) {
    const runId = runOfAlias(await readFile(`/sys/class/net/${name}/ifalias`, 'utf8').catch(() => ''));
    if (runId !== undefined && !runIds.includes(runId)) links.push(name);
  }
  const marks = new Set(runIds.map(routeMarkOf));
  const routes = (await ownRoutes()).filter(({ mark }) => !marks.has(mark));
  const found = [
    ...namespaces.map((name) => ({ kind: 'namespace', name })),
    ...cgroups.map((name) => ({ kind: 'cgroup', name })),
    ...links.map((name) => ({ kind: 'link', name })),
    ...routes.map(({ subnet }) => ({ kind: 'route', name: subnet })),
  ];
  return found
    .filter(({ kind, name }) => !known.has(`${kind} ${name}`))
    .map(({ kind, name }) => ({ what: `${kind} ${name}`, why: NO_CLAIM }));
}

async function cgroupsLikeOurs(): Promise<string[]> {
  const trees = [CGROUP_ROOT, ...(await list(CGROUP_ROOT)).map((tree) => join(CGROUP_ROOT, tree))];
  const found = await Promise.all(
    trees.map(async (tree) => (await list(tree)).filter(looksLikeOurs).map((name) => join(tree, name))),
  );
  return found.flat();
}

async function list(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
