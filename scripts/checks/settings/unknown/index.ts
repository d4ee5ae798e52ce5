import type { StatementRecord } from '../../../artifacts/records/records.ts';
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
  const touched = statements.flatMap((statement) => {
    const what = isSetBefore(names, statement.record, statements) ? [] : [...new Set(of(statement))];
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

/** The author's own SET, in the same session, says what is meant. */
function isSetBefore(
  names: readonly string[],
  { step, sentMs }: StatementRecord,
  statements: readonly ReadStatement[],
): boolean {
  const written = names.map((name) => (name === 'timezone' ? String.raw`time\s*zone` : name)).join('|');
  const sets = new RegExp(
    String.raw`\bset\s+(local\s+|session\s+)?(${written})\b|set_config\s*\(\s*'(${written})'`,
    'i',
  );
  return statements.some(
    ({ record }) => record.step === step && record.sentMs < sentMs && sets.test(record.sql),
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
