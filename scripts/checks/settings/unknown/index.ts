import { StatementTree } from '../../../pg/sql/statement-tree.ts';
import type { Analysis, StepAnalysis } from '../../analysis/analyse.ts';
import { ranBy } from '../../analysis/commands/sent-statements.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { listed } from '../../wording.ts';
import { collation, formats } from './locale.ts';
import { lockSlotsLimit } from './lock-slots-limit.ts';
import { statementTimeout } from './statement-timeout.ts';
import { backslashes, searchPath } from './text-rules.ts';
import { timeZone } from './time-zone.ts';
import type { ReadStatement, UnknownSetting } from './touch.ts';

/** One more is one more line here. */
const SETTINGS: readonly UnknownSetting[] = [
  timeZone,
  collation,
  formats,
  searchPath,
  backslashes,
  statementTimeout,
];
/** A plan of more statements, or longer ones, is a load of data. */
const MOST_STATEMENTS = 1000;
const LONGEST_SQL = 20_000;

/**
 * What of the plan hangs on a setting that no snapshot carries, one sentence for each setting; none for those that
 * postgres.settings names, or that a statement of the same step has set. `libpg-query` must be loaded.
 */
export function unknownSettings(analysis: Analysis): string[] {
  const { environment, snapshot } = analysis.evidence;
  const known = new Set(
    environment?.settings.flatMap(({ name, asked }) => (asked === null ? [] : [name.toLowerCase()])) ?? [],
  );
  const shown = (name: string): string | undefined =>
    environment?.settings.find((one) => one.name.toLowerCase() === name.toLowerCase())?.shown;
  const schemas = new Set(snapshot?.tables.map(({ name }) => name.split('.')[0]) ?? []);
  const statements = analysis.steps.flatMap(readStatements).slice(0, MOST_STATEMENTS);
  const told = SETTINGS.filter(({ names }) => !names.some((name) => known.has(name)))
    .filter((setting) => setting !== searchPath || schemas.size > 1)
    .flatMap((setting) => tell(setting, statements, shown));
  return [...told, ...lockSlotsLimit(analysis, known)];
}

function tell(
  { names, of, told }: UnknownSetting,
  statements: readonly ReadStatement[],
  shown: (name: string) => string | undefined,
): string[] {
  const firstSetMs = firstSets(names, statements);
  const touched = statements.flatMap((statement) => {
    const { step, sentMs } = statement.record;
    const isSetBefore = (firstSetMs.get(step) ?? Infinity) < sentMs;
    const what = isSetBefore ? [] : [...new Set(of(statement))];
    return what.length === 0 ? [] : [{ statement, what }];
  });
  if (touched.length === 0) return [];
  const places = [...groupBy(touched, ({ statement }) => statement.record.step)].map(
    ([step, own]) => `${listed([...new Set(own.flatMap(({ what }) => what))])} in ${step}`,
  );
  return [
    told(
      listed(places),
      shown,
      touched.map(({ statement }) => statement),
    ),
  ];
}

/** When each step first set one of them: the author's own SET, in the same session, says what is meant. */
function firstSets(
  names: readonly string[],
  statements: readonly ReadStatement[],
): ReadonlyMap<string, number> {
  const written = names.map((name) => (name === 'timezone' ? String.raw`time\s*zone` : name)).join('|');
  const sets = new RegExp(
    String.raw`\bset\s+(local\s+|session\s+)?(${written})\b|set_config\s*\(\s*'(${written})'`,
    'i',
  );
  const setting = statements.filter(({ record }) => sets.test(record.sql)).map(({ record }) => record);
  return new Map(
    [...groupBy(setting, ({ step }) => step)].map(([step, own]) => [
      step,
      own.reduce((first, { sentMs }) => Math.min(first, sentMs), Infinity),
    ]),
  );
}

/** Each statement once, as its last try ran. */
function readStatements({ run }: StepAnalysis): ReadStatement[] {
  const last = new Map(ranBy(run).map((record) => [record.index, record]));
  return [...last.values()].flatMap((record) => {
    const tree = record.sql.length > LONGEST_SQL ? undefined : StatementTree.parse(record.sql);
    return tree === undefined ? [] : [{ tree, record, planned: run.planned }];
  });
}
