import { createHash } from 'node:crypto';
import type { CatalogDifference } from '../../artifacts/records/of-plan/rollback-records.ts';

/** One object of the catalog and what is compared of it. */
export interface CatalogObject {
  readonly kind: string;
  readonly name: string;
  readonly relation: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Facts whose values are words of the schema; all others may hold those of rows. */
const SHOWN = new Set(['type', 'collation', 'identity', 'version', 'owner', 'base type', 'storage']);
const MARK_LENGTH = 16;

/** How the catalog differs from before, sorted by kind and name. */
export function catalogDifferences(
  before: readonly CatalogObject[],
  now: readonly CatalogObject[],
): CatalogDifference[] {
  const then = new Map(before.map((object) => [keyOf(object), object]));
  const present = new Map(now.map((object) => [keyOf(object), object]));
  const leftOver = now.filter((object) => !then.has(keyOf(object)));
  const missing = before.filter((object) => !present.has(keyOf(object)));
  const changed = now.flatMap((object) => {
    const old = then.get(keyOf(object));
    const what = old === undefined ? [] : changes(old, object);
    return what.length === 0 ? [] : [difference(object, 'changed', what)];
  });
  return [
    ...withoutParts(leftOver).map((object) => difference(object, 'left-over')),
    ...withoutParts(missing).map((object) => difference(object, 'missing')),
    ...changed,
  ].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** Whoever misses a table knows that its columns are missing. */
function withoutParts(objects: readonly CatalogObject[]): CatalogObject[] {
  const whole = new Set(objects.filter(({ relation }) => relation === null).map(({ name }) => name));
  return objects.filter(({ relation }) => relation === null || !whole.has(relation));
}

function difference(
  { kind, name, relation, facts }: CatalogObject,
  how: CatalogDifference['how'],
  what: readonly string[] = [],
): CatalogDifference {
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  return { kind, name, relation, how, what, mark: digest.slice(0, MARK_LENGTH) };
}

function changes({ facts: old }: CatalogObject, { facts }: CatalogObject): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(facts)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [old[name] ?? null, facts[name] ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (typeof was === 'boolean' && typeof is === 'boolean') return [is ? name : `no longer ${name}`];
    return [SHOWN.has(name) ? `${name} ${shown(is)}, was ${shown(was)}` : name];
  });
}

function shown(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'none';
}

function keyOf({ kind, name, relation }: CatalogObject): string {
  return JSON.stringify([kind, name, relation]);
}

function sortKey({ how, relation, kind, name }: CatalogDifference): string {
  return JSON.stringify([how, relation ?? name, kind, name]);
}
