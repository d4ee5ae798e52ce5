import { createHash } from 'node:crypto';
import type { Marker, Thing } from './cloud.ts';

const HASH_CHARS = 10;
const RADIX = 36;
const NAME = /^rehearse-([0-9a-f]{10})-([0-9a-z]{6,8})-([a-z]+(?:-\d{1,2})?)-([0-9a-z]{1,16})$/;

/** Marks all that is ours, where a cloud has tags or labels. */
export const MARK = 'dress-rehearsal';

/** Of a run's id, as names have it. */
export function runHash(runId: string): string {
  return createHash('sha256').update(runId).digest('hex').slice(0, HASH_CHARS);
}

/**
 * `rehearse-0123456789-t5x1ab-primary-abcdef012345`: marker, run, expiry, role and owner are told even where only a name can be
 * stored. At most 63 characters of `[a-z0-9-]`, the least that any cloud takes.
 */
export function nameOf({ runId, expiresAt, owner }: Marker, role: string): string {
  const seconds = Math.floor(Date.parse(expiresAt) / 1000);
  return `rehearse-${runHash(runId)}-${seconds.toString(RADIX)}-${role}-${owner}`;
}

interface ReadName {
  readonly hash: string;
  /** ISO 8601 UTC */
  readonly expiresAt: string;
  readonly role: string;
  readonly owner: string;
}

/** Undefined for a name that is not ours. */
export function readName(name: string): ReadName | undefined {
  const [, hash, expiry, role, owner] = NAME.exec(name) ?? [];
  if (!hash || !expiry || !role || !owner) return undefined;
  return { hash, expiresAt: new Date(parseInt(expiry, RADIX) * 1000).toISOString(), role, owner };
}

/** Tags beside the name, each at most 64 characters; the whole id of the run where it is short enough. */
export function tagsOf({ runId, owner }: Marker): string[] {
  const run = `run:${runId}`;
  return [MARK, `owner:${owner}`, ...(run.length <= 64 ? [run] : [])];
}

/** A thing by its name and tags; undefined where it does not carry both of ours. */
export function thingOf(
  found: Pick<Thing, 'kind' | 'id' | 'name'> & { readonly off?: boolean; readonly tags?: readonly string[] },
): Thing | undefined {
  const { kind, id, name, off = false, tags } = found;
  const read = readName(name);
  if (read === undefined || (tags !== undefined && !tags.includes(MARK))) return undefined;
  const tagged = (key: string): string | undefined =>
    tags?.find((tag) => tag.startsWith(`${key}:`))?.slice(key.length + 1);
  const { hash, expiresAt, owner } = read;
  const runId = tagged('run');
  return {
    kind,
    id,
    name,
    hash,
    expiresAt,
    off,
    owner,
    // A tag that does not fit its own name is not believed.
    runId: runId !== undefined && runHash(runId) === hash ? runId : undefined,
  };
}
