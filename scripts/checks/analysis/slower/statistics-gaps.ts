import type { StatementRecord } from '../../../artifacts/records/records.ts';
import { StatementTree } from '../../../pg/sql/statement-tree.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { ranBy } from '../commands/sent-statements.ts';
import type { StepRun } from '../step-runs.ts';

/** A stretch within a step in which the app planned without the statistics of a column. */
export interface StatisticsGap extends Interval {
  readonly step: StepRun;
  readonly statement: number;
  /** As the statement names it, without its schema. */
  readonly table: string;
  readonly columns: readonly string[];
}

/** Changes of a type that others could see before the ANALYZE that follows in the same step had ended. */
export function statisticsGaps(steps: readonly StepRun[]): StatisticsGap[] {
  return steps.flatMap((step) =>
    ranBy(step).flatMap((record, position, all) => {
      const change = record.error === null ? typeChange(record.sql) : undefined;
      if (change === undefined) return [];
      const later = all.slice(position + 1);
      const analyse = later.find(({ sql, error }) => error === null && analyses(sql, change.table));
      if (analyse === undefined || isTogether(record, analyse)) return [];
      const { releasedMs: fromMs } = record;
      return [{ step, statement: record.index, ...change, fromMs, toMs: analyse.releasedMs }];
    }),
  );
}

/** One transaction gives all of its locks back at once. */
function isTogether(a: StatementRecord, b: StatementRecord): boolean {
  return a.pid === b.pid && a.releasedMs >= b.respondedMs;
}

/** Which columns of which table get another type; undefined for any other statement. */
export function typeChange(sql: string): { table: string; columns: string[] } | undefined {
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined || !('AlterTableStmt' in node)) return undefined;
  const { relation, cmds = [] } = node.AlterTableStmt;
  const columns = cmds.flatMap((command) =>
    'AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_AlterColumnType'
      ? [command.AlterTableCmd.name ?? '']
      : [],
  );
  return columns.length === 0 ? undefined : { table: relation?.relname ?? '', columns };
}

/** ANALYZE, also of the whole database, and VACUUM (ANALYZE). */
export function analyses(sql: string, table: string): boolean {
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined || !('VacuumStmt' in node)) return false;
  const { is_vacuumcmd: isVacuum = false, options = [], rels = [] } = node.VacuumStmt;
  const hasOption = options.some((option) => 'DefElem' in option && option.DefElem.defname === 'analyze');
  if (isVacuum && !hasOption) return false;
  return (
    rels.length === 0 ||
    rels.some((rel) => 'VacuumRelation' in rel && rel.VacuumRelation.relation?.relname === table)
  );
}
