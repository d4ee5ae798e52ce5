import type { PartAdvice, AlterPart } from './alter-rule.ts';

/** DETACH PARTITION without CONCURRENTLY (PostgreSQL 14 and later), which a DEFAULT partition forbids. */
export function detachPartition({ command, statement, table, facts }: AlterPart): PartAdvice | undefined {
  const { subtype, def } = command;
  if (subtype !== 'AT_DetachPartition' || def === undefined || !('PartitionCmd' in def)) return undefined;
  const { name, concurrent } = def.PartitionCmd;
  if (concurrent === true || name === undefined) return undefined;
  return {
    effect: `DETACH PARTITION held ACCESS EXCLUSIVE on all of ${table}${facts.sizeOf(table)}.`,
    advice:
      'Detach it CONCURRENTLY, outside a transaction block and with lock_timeout = 0; where it is broken off all the same, finish it with FINALIZE. Not possible while the table has a DEFAULT partition.',
    sql: [`alter table ${table} detach partition ${statement.relation(name)} concurrently;`],
  };
}
