import type { StatementRecord } from '../../artifacts/records/records.ts';
import { formatMs, plural } from '../../shared/text/format.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import type { SlowCause } from '../analysis/slower/causes.ts';
import type { SlowScript } from '../analysis/slower/slow-scripts.ts';
import { placeOf, ranBy } from '../analysis/commands/sent-statements.ts';
import { typeChange } from '../analysis/slower/statistics-gaps.ts';
import type { CheckFinding } from '../check.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';
import { remedyOf } from './remedies.ts';

/** `remove of old took 48 ms for the middle one of 60 requests, 0.9 ms before` */
export function figuresOf({ version, script, before, after }: SlowScript): string {
  return (
    `${script} of ${version} took ${formatMs(after.p50Ms)} in the middle and ${formatMs(after.p99Ms)} at p99 of ${plural(after.requests, 'request')}, ` +
    `before it ${formatMs(before.p50Ms)} and ${formatMs(before.p99Ms)}`
  );
}

/** Why, as sentences with a leading blank; empty where nothing is known. */
export function whyOf(slow: SlowScript): string {
  const { cause: found, step, script } = slow;
  if (found === null) return '';
  const { cause, plan } = found;
  const names = { title: stepTitle(step).replace('Step', 'step'), script, sql: recordOf(slow)?.sql ?? '' };
  const plans =
    plan === null ? '' : ` Its plan was ${plan.before.text}; behind the step it is ${plan.after.text}.`;
  return ` ${REASONS[cause.kind](cause as never, names)}${plans}`;
}

interface Names {
  /** `step 1 link` */
  readonly title: string;
  readonly script: string;
  /** The statement that did it; empty where none can be named. */
  readonly sql: string;
}

type Reasons = {
  readonly [K in SlowCause['kind']]: (cause: Extract<SlowCause, { kind: K }>, names: Names) => string;
};

const REASONS: Reasons = {
  'key-unindexed': ({ key }) =>
    `Since then ${shortRelation(key.table)} refers to ${shortRelation(key.refersTo)} by ${key.name}, and no index leads with ${listed(key.columns)}: ` +
    `each row that is deleted from ${shortRelation(key.refersTo)} is looked for in all of ${shortRelation(key.table)}.`,
  'statistics-gone': ({ table, columns }, { title, sql }) =>
    `What ANALYZE knew of ${columnsOf(table, columns)} is gone since ${title}` +
    `${typeChange(sql) === undefined ? '' : ', as after every change of a type'}: until the next ANALYZE each plan is a guess.`,
  'statistics-gap': ({ table, columns }) =>
    `Between the change of the type and the end of the ANALYZE behind it nothing was known of ${columnsOf(table, columns)}: each plan was a guess. ` +
    'Connections that planned meanwhile keep that plan, because an ANALYZE that finds as many rows as before makes nobody plan anew.',
  'index-gone': ({ index }, { title, script }) =>
    `The index ${index.name} of ${shortRelation(index.table)}, which ${script} was run by, is gone since ${title}.`,
  'index-made': ({ index }, { script }) => `Since then ${script} is run by the new index ${index.name}.`,
  'trigger-made': ({ trigger }) =>
    `Since then the trigger ${trigger.name} runs ${trigger.function} for each row that is written to ${shortRelation(trigger.table)}.`,
  'plan-changed': (_, { script }) => `The server runs ${script} in another way since then.`,
};

/** `links.url and links.id` */
function columnsOf(table: string, columns: readonly string[]): string {
  return listed(columns.map((column) => `${shortRelation(table)}.${column}`));
}

/** Position of the step's statement that did it; null where none can be named, or of a command. */
export function statementOf(slow: SlowScript): number | null {
  const record = recordOf(slow);
  return record === undefined ? null : placeOf(record);
}

/** The step's statement that names what changed, where there are several. */
function recordOf({ cause: found, step }: SlowScript): StatementRecord | undefined {
  const done = ranBy(step).filter(({ error }) => error === null);
  const [only, second] = done;
  if (second === undefined) return only;
  if (found === null) return undefined;
  const names = namesIn(found.cause);
  const naming = names.map((name) => done.find(({ sql }) => mentions(sql, name)));
  return naming.find((one) => one !== undefined);
}

/** The surer ones first. */
function namesIn(cause: SlowCause): string[] {
  switch (cause.kind) {
    case 'key-unindexed':
      return [cause.key.name, ...cause.key.columns];
    case 'statistics-gone':
    case 'statistics-gap':
      return [...cause.columns];
    case 'index-gone':
      return [cause.index.name, ...cause.index.columns];
    case 'index-made':
      return [cause.index.name];
    case 'trigger-made':
      return [cause.trigger.name];
    case 'plan-changed':
      return [];
  }
}

function mentions(sql: string, name: string): boolean {
  const tokens = StatementTree.parse(sql)?.tokens ?? [];
  return tokens.some(({ text }) => text.toLowerCase() === name || text === `"${name.replaceAll('"', '""')}"`);
}

/** What to write instead; empty where nothing is known that helps. */
export function adviceOf(slow: SlowScript): Pick<CheckFinding, 'advice' | 'insteadSql'> {
  if (slow.cause === null) return {};
  const own = recordOf(slow);
  return remedyOf(slow.cause.cause, own?.sql ?? '', (own?.rewrote.length ?? 0) > 0);
}
