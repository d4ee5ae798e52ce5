import { splitSql } from '../../../pg/sql/split.ts';
import { assignments } from '../../../plan/backfill-sql.ts';
import type { AppVersion, Step } from '../../../plan/model.ts';
import { isNamedIn, writes } from '../../drift/names-in.ts';

/** The first version in order of rollout whose own SQL writes to the table and names the column; undefined = only the plan does. */
export function firstWriter(
  versions: readonly AppVersion[],
  table: string,
  column: string | null,
): AppVersion | undefined {
  return versions.find((version) => scriptsWriting(version, table, column).length > 0);
}

/** Whether every script of the version that writes the column writes one of the others as well. */
export function writesBoth(
  version: AppVersion,
  table: string,
  column: string,
  others: readonly string[],
): boolean {
  if (others.length === 0) return false;
  return scriptsWriting(version, table, column).every(({ text }) => isNamedIn(others, assigned(text)));
}

/** The column lists of INSERTs, and the SET lists of UPDATEs without what is assigned. */
export function assigned(script: string): string {
  const sql = sqlOf(script);
  const inserts = [...sql.matchAll(/\binsert\s+into\s+(?:"[^"]*"|[\w.])+\s*\(([^)]*)\)/gi)];
  const sets = [...sql.matchAll(/\bset\b([\s\S]*?)(?=\bwhere\b|\breturning\b|;|$)/gi)];
  const targets = sets.flatMap(
    ([, list = '']) => list.match(/(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*|\([^()]*\))\s*=/gu) ?? [],
  );
  return [...inserts.map(([, list = '']) => list), ...targets].join(' ');
}

/** A pgbench script without its own commands, variables, comments and literals. */
export function sqlOf(script: string): string {
  return script
    .replace(/^\s*\\.*$|--.*$/gm, '')
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/(?<!:):[A-Za-z_]\w*/g, '');
}

/** Whether a script of the version changes one of these columns in rows that are there. */
export function updates(version: AppVersion, table: string, columns: readonly string[]): boolean {
  return version.scripts.some(
    ({ text }) =>
      /\bupdate\b|\bmerge\b/i.test(text) && writes(table, text) && isNamedIn(columns, assigned(text)),
  );
}

function scriptsWriting(version: AppVersion, table: string, column: string | null): AppVersion['scripts'] {
  return version.scripts.filter(
    ({ text }) => writes(table, sqlOf(text)) && (column === null || isNamedIn([column], sqlOf(text))),
  );
}

/** What the plan itself puts into a column: expressions of its backfills and of the UPDATEs in its files. */
export async function filledFrom(plan: readonly Step[], table: string, column: string): Promise<string[]> {
  const found: string[] = [];
  for (const step of plan) {
    if (step.kind === 'backfill' && isTable(step.table, table))
      found.push(...(await expressionsFor(step.set, column)));
    if (step.kind !== 'sql' || step.way !== undefined) continue;
    for (const { text } of step.files) {
      const split = await splitSql(text);
      const updates = split.ok ? split.statements.filter(({ node }) => node === 'UpdateStmt') : [];
      for (const update of updates) {
        const parts = /^\s*update\s+(?:only\s+)?(\S+)\s+set\s+([\s\S]+?)(?:\swhere\s[\s\S]*)?;?\s*$/i.exec(
          update.text,
        );
        if (parts !== null && isTable(parts[1] ?? '', table))
          found.push(...(await expressionsFor(parts[2] ?? '', column)));
      }
    }
  }
  return [...new Set(found)];
}

async function expressionsFor(set: string, column: string): Promise<string[]> {
  const all = (await assignments(set)) ?? [];
  return all.filter((one) => one.column === column).map(({ expression }) => expression);
}

/** @param table `schema.name` */
function isTable(written: string, table: string): boolean {
  const bare = written.replaceAll('"', '').toLowerCase();
  return bare === table.toLowerCase() || bare === table.split('.').at(-1)?.toLowerCase();
}
