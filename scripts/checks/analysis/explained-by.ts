import type { Disturbance } from './disturbances.ts';

/**
 * What a statement has to say so that requests can fail with a SQLSTATE from it on, however long that takes: NOT VALID constraints,
 * triggers, rules, privileges and types act when a row comes that they concern (PostgreSQL's manual, appendix A, and the reference
 * of each command).
 */
const EXPLAINS: Readonly<Record<string, RegExp>> = {
  '23502': /not\s+null|primary\s+key|create\s+domain|alter\s+domain/i,
  '23503': /foreign\s+key|references/i,
  '23505': /unique|primary\s+key/i,
  '23514': /\bcheck\b|create\s+domain|alter\s+domain|attach\s+partition|partition\s+of/i,
  '23P01': /\bexclude\b/i,
  '42501': /\b(revoke|grant|policy|row\s+level\s+security|owner\s+to|role|security)\b/i,
  '428C9': /generated/i,
  '22003': /\btype\b|sequence|identity/i,
  '22001': /\btype\b/i,
  '22P02': /\btype\b|\benum\b/i,
  P0001:
    /create\s+(or\s+replace\s+)?(constraint\s+)?(trigger|function|procedure)|create\s+(or\s+replace\s+)?rule/i,
  '40P01': /foreign\s+key|references|create\s+(or\s+replace\s+)?(constraint\s+)?trigger/i,
  '2200H': /sequence|identity/i,
  '53300': /connection\s+limit/i,
  '28000': /\bnologin\b|\brole\b|\buser\b/i,
  '28P01': /\bpassword\b/i,
  '55000': /allow_connections|connlimit|replica\s+identity|publication/i,
  '25006': /read_only/i,
  '57P01': /pg_terminate_backend/i,
  '57014': /pg_cancel_backend|statement_timeout/i,
  '3D000': /database/i,
};

/** What can change the columns that a prepared statement returns. */
const CHANGES_RESULTS =
  /\b(alter|drop)\s+(table|view|materialized|type|domain|function|schema)\b|\bor\s+replace\b|\brename\b|\bdo\b|\bcall\b|\bselect\b/i;

/**
 * The last statement before a moment that can have made plans stale: index of the disturbance; -1 = none. It stopped others, and
 * where several did, it is one that speaks of what has columns.
 */
export function staleSince(causes: readonly Disturbance[], atMs: number): number {
  const stopped = ({ rank, fromMs }: Disturbance): boolean => rank === 2 && fromMs <= atMs;
  const likely = causes.findLastIndex(
    (cause) => stopped(cause) && CHANGES_RESULTS.test(cause.statement?.record.sql ?? ''),
  );
  return likely === -1 ? causes.findLastIndex(stopped) : likely;
}

/**
 * The first statement from which on requests can fail so: index of the disturbance; undefined = none of those that had begun says
 * anything of the kind. A VALIDATE only looks: what it proves was in force before.
 */
export function explainedBy(
  sqlstate: string,
  causes: readonly Disturbance[],
  atMs: number,
): number | undefined {
  const says = EXPLAINS[sqlstate];
  if (says === undefined) return undefined;
  const index = causes.findIndex(({ statement, fromMs }) => {
    const sql = statement?.record.error === null ? statement.record.sql : '';
    return fromMs <= atMs && says.test(sql) && !/validate\s+constraint/i.test(sql);
  });
  return index === -1 ? undefined : index;
}
