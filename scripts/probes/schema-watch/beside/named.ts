import type { SchemaObject } from '../../../artifacts/records/of-plan/schema-records.ts';

const WORD = /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*/gu;

/** Whether a statement says the object's own name anywhere, whatever its schema. */
export function namer(sql: string): (object: Pick<SchemaObject, 'name' | 'kind'>) => boolean {
  const words = new Set(
    [...sql.matchAll(WORD)].map(([word]) =>
      word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase(),
    ),
  );
  return (object) => words.has(ownName(object));
}

/** `public.f(integer)` → `f`; a part of a relation is called by its name alone. */
export function ownName({ name, kind }: Pick<SchemaObject, 'name' | 'kind'>): string {
  const bare = /^(function|procedure|aggregate)$/.test(kind) ? name.slice(0, name.indexOf('(')) : name;
  return QUALIFIED.test(kind) ? bare.slice(bare.indexOf('.') + 1) : bare;
}

const QUALIFIED =
  /^(table|view|materialized view|sequence|foreign table|function|procedure|aggregate|type|domain)$/;
