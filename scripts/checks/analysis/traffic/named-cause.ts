import type { StatementRecord } from '../../../artifacts/records/records.ts';
import type { SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { Disturbance } from '../disturbances.ts';
import type { StepRun } from '../step-runs.ts';

/** Something that a statement needs is not there, or not as it was (PostgreSQL's manual, appendix A). */
const MISSING = new Set(['42P01', '42703', '42883', '42704', '3F000', '42P10', '42809', '55000', '42P02']);
const TAKES_AWAY = /\b(drop|rename|set\s+schema|detach)\b/i;
const WORD = /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*/gu;

interface NamedFailure {
  readonly sqlstate: string | null;
  /** PostgreSQL's public message. */
  readonly message: string | null;
}

/**
 * Which statement of a step a failure after it names: the last that took away, or renamed, what its message says is missing, by its own words or by
 * CASCADE; else the last one that says the name at all. Index of the disturbance; undefined = none does.
 */
export function namedCause(
  { sqlstate, message }: NamedFailure,
  step: StepRun,
  causes: readonly Disturbance[],
  schema: readonly SchemaRecord[],
): number | undefined {
  if (sqlstate === null || message === null) return undefined;
  const own = causes.flatMap(({ step: of, statement }, index) =>
    of === step && statement !== null && statement.record.error === null
      ? [{ index, record: statement.record }]
      : [],
  );
  if (own.length < 2) return own[0]?.index;
  for (const [rank, name] of namesIn(message).entries()) {
    const says = own.filter(({ record }) => wordsOf(record.sql).has(name));
    const takes = own.filter(
      ({ record }) =>
        (TAKES_AWAY.test(record.sql) && wordsOf(record.sql).has(name)) ||
        tookAlong(record, name, step, schema),
    );
    // Only the first is missing; the others say where.
    const found = MISSING.has(sqlstate) && rank === 0 ? (takes.at(-1) ?? says.at(-1)) : says.at(-1);
    if (found !== undefined) return found.index;
  }
  return undefined;
}

/** By the comparison of the catalogs, else by what the server said. */
function tookAlong(
  { index, notices = [] }: StatementRecord,
  name: string,
  step: StepRun,
  schema: readonly SchemaRecord[],
): boolean {
  const isFallen = schema.some(
    (record) =>
      record.type === 'fallen' &&
      record.step === step.planned.name &&
      record.statement === index &&
      record.objects.some((object) => wordsOf(object.name).has(name)),
  );
  const told = notices.filter(({ message }) => message.startsWith('drop cascades to '));
  return (
    isFallen || told.some(({ message, objects = [] }) => wordsOf([message, ...objects].join('\n')).has(name))
  );
}

/** Names in a message, the narrowest first: a constraint or column before its relation, and a dotted name from its end. */
function namesIn(message: string): string[] {
  const found = [...message.matchAll(NAMES)].map(([, kind = '', quoted, bare = '']) => ({
    isNarrow: /^(constraint|column|field)$/.test(kind),
    names: (quoted?.replaceAll('""', '"') ?? bare).split('.').reverse(),
  }));
  return found.toSorted((a, b) => Number(b.isNarrow) - Number(a.isNarrow)).flatMap(({ names }) => names);
}

const NAMES =
  /(?:\b(constraint|column|field|function|procedure|relation|type) )?(?:"((?:[^"]|"")+)"|(?<=\b(?:column|function|procedure|relation|type) )([\p{L}_][\p{L}\p{N}_$.]*))/gu;

function wordsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(WORD)].map(([word]) =>
      word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase(),
    ),
  );
}
