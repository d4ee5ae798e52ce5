import { formatMs, plural } from '../../shared/format.ts';
import { StatementTree } from '../advice/statement-tree.ts';
import type { SlowCause } from '../analysis/slower/causes.ts';
import type { SlowScript } from '../analysis/slower/slow-scripts.ts';
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
export function whyOf({ cause: found, step, script }: SlowScript): string {
  if (found === null) return '';
  const { cause, plan } = found;
  const plans =
    plan === null ? '' : ` Its plan was ${plan.before.text}; behind the step it is ${plan.after.text}.`;
  return ` ${REASONS[cause.kind](cause as never, { title: stepTitle(step).replace('Step', 'step'), script })}${plans}`;
}

interface Names {
  /** `step 1 link` */
  readonly title: string;
  readonly script: string;
}

type Reasons = {
  readonly [K in SlowCause['kind']]: (cause: Extract<SlowCause, { kind: K }>, names: Names) => string;
};

const REASONS: Reasons = {
  'key-unindexed': ({ key }) =>
    `Since then ${shortRelation(key.table)} refers to ${shortRelation(key.refersTo)} by ${key.name}, and no index leads with ${listed(key.columns)}: ` +
    `each row that is deleted from ${shortRelation(key.refersTo)} is looked for in all of ${shortRelation(key.table)}.`,
  'statistics-gone': ({ table, columns }, { title }) =>
    `What ANALYZE knew of ${listed(columns.map((column) => `${shortRelation(table)}.${column}`))} is gone since ${title}, ` +
    'as after every change of a type: until the next ANALYZE each plan is a guess.',
  'index-gone': ({ index }, { title, script }) =>
    `The index ${index.name} of ${shortRelation(index.table)}, which ${script} was run by, is gone since ${title}.`,
  'index-made': ({ index }, { script }) => `Since then ${script} is run by the new index ${index.name}.`,
  'trigger-made': ({ trigger }) =>
    `Since then the trigger ${trigger.name} runs ${trigger.function} for each row that is written to ${shortRelation(trigger.table)}.`,
  'plan-changed': (_, { script }) => `The server runs ${script} in another way since then.`,
};

/** The step's statement that names what changed, where there are several. */
export function statementOf({ cause: found, step }: SlowScript): number | null {
  const done = step.statements.filter(({ error }) => error === null);
  const [only, second] = done;
  if (second === undefined) return only?.index ?? null;
  if (found === null) return null;
  const names = namesIn(found.cause);
  const naming = names.map((name) => done.find(({ sql }) => mentions(sql, name)));
  return naming.find((one) => one !== undefined)?.index ?? null;
}

/** The surer ones first. */
function namesIn(cause: SlowCause): string[] {
  switch (cause.kind) {
    case 'key-unindexed':
      return [cause.key.name, ...cause.key.columns];
    case 'statistics-gone':
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
  return slow.cause === null ? {} : remedyOf(slow.cause.cause, sqlOf(slow));
}

function sqlOf(slow: SlowScript): string {
  const index = statementOf(slow);
  return slow.step.statements.find((statement) => statement.index === index)?.sql ?? '';
}
