import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunId } from '../../../claims/claim.ts';
import { partOf, partOfName, type Part } from './part-names.ts';
import type { Ownership } from './part-owner.ts';

/** A thing that a claim names: what the kernel calls it, and by which number it is known to be the same one. */
export interface ClaimedThing {
  readonly kind: string;
  /** 0 where it was only going to be made; of a keeper, when it began. */
  readonly inode: string;
  readonly name: string;
}

/** The claim on one part of a run, as scripts/claims.sh writes it. */
export interface PartClaim extends Part, Ownership {
  readonly uid: number;
  /** The latest word on each. */
  readonly things: readonly ClaimedThing[];
}

const HEAD = /^rehearse-claim 1 (\d+) (\S+) (\S+)$/;
const THING = /^(netns|cgroup|folder|route|keeper) (\d+) (.+)$/;
const MOST_BYTES = 64 * 1024;

/** Undefined for what is not a claim. A last line that was cut off counts for nothing. */
export function parsePartClaim(text: string): PartClaim | undefined {
  const [head = '', ...lines] = text.split('\n').slice(0, -1);
  const [, uid, runId = '', role = ''] = HEAD.exec(head) ?? [];
  const part = isRunId(runId) ? partOf(runId, role) : undefined;
  const owner = last(lines, /^owner ((?:\d+|-)\/(?:\d+|-)\/\S+\/\S+)$/)?.[1];
  const [, seconds, how] = last(lines, /^expires (\d{1,11}) (owned|kept)$/) ?? [];
  if (uid === undefined || part === undefined || owner === undefined || seconds === undefined)
    return undefined;
  const things = new Map<string, ClaimedThing>();
  for (const line of lines) {
    const [, kind = '', inode = '', name = ''] = THING.exec(line) ?? [];
    if (kind !== '') things.set(`${kind} ${name}`, { kind, inode, name });
  }
  const ownership = { owner, kept: how === 'kept', expiresAtMs: Number(seconds) * 1000 };
  return { ...part, ...ownership, uid: Number(uid), things: [...things.values()] };
}

function last(lines: readonly string[], pattern: RegExp): RegExpExecArray | null | undefined {
  return lines.map((line) => pattern.exec(line)).findLast((match) => match !== null);
}

/** A claim that was found, or the path of what is none. */
type FoundPartClaim =
  { readonly path: string; readonly claim: PartClaim } | { readonly path: string; readonly claim: undefined };

/** What lies in root's folder of claims. */
export async function claimsIn(root: string): Promise<FoundPartClaim[]> {
  // A draft of a claim is named after the process that writes it.
  const names = (await readdir(root).catch(() => [])).filter(
    (name) => name !== 'traces' && !/\.\d+$/.test(name),
  );
  return Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      const claim = await readPartClaim(path);
      const part = partOfName(name);
      const fits = claim?.runId === part?.runId && claim?.role === part?.role;
      return { path, claim: fits ? claim : undefined };
    }),
  );
}

/** Only a plain file that is root's alone can be one. */
export async function readPartClaim(path: string): Promise<PartClaim | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  const isPlain = stats?.isFile() === true && stats.size <= MOST_BYTES;
  if (!isPlain || stats.uid !== 0 || (stats.mode & 0o022) !== 0) return undefined;
  return parsePartClaim(await readFile(path, 'utf8').catch(() => ''));
}
