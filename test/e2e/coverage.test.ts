import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { formatMs } from '../../scripts/shared/text/format.ts';
import { runCli } from '../support/cli.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal;
afterEach(() => tiny.remove());

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 60/s, connections: 8, warmup: 1500ms, cooldown: 100ms, versions: { old: workload/old } }
budgets: { lockWait: 700ms }
`;
const FILES = {
  'generate.sql': `create table customers as select i as id, 'name ' || i as name from generate_series(1, 500) i;
    alter table customers add primary key (id);
    create table "Audit" (id bigint generated always as identity primary key, what text);
    insert into "Audit" (what) select 'x' from generate_series(1, 100);
    create table reports (id int);`,
  'workload/old/write.sql':
    "-- rehearse: sample id from customers.id\nupdate customers set name = name || '.' where id = :id;",
  'workload/old/read.sql': 'select count(*) from customers where id < 5;',
  'sql/1-change.sql': `begin; lock table "Audit"; lock table reports; select pg_sleep(1); commit;
    create table made (id int);
    begin; lock table made; select pg_sleep(0.9); commit;`,
};

async function rehearsed(): Promise<{ code: number; told: unknown[]; result: Result; stderr: string }> {
  const { code, stdout, stderr } = await runCli(['run', '.', '--json'], {
    cwd: tiny.dir,
    env: { ...process.env, TMPDIR: tiny.tmp },
  });
  const result = JSON.parse(stdout) as Result;
  const told = result.findings.map(({ check, status, statement, message }) => [
    check,
    status,
    statement,
    message.replace(/[\d.]+ s /, '… '),
  ]);
  return { code, told, result, stderr };
}

it('is no pass where a table stands still unasked, until the script that it proposes asks for it', async () => {
  tiny = await tinyRehearsal(
    '  - { phase: expand, sql: sql/1-change.sql, quietTables: [reports] }',
    FILES,
    HEAD,
  );
  const first = await rehearsed();
  expect(first.told).toEqual([
    [
      'coverage',
      'inconclusive',
      1,
      'Step 1 change: nobody asked for Audit while it was locked in ACCESS EXCLUSIVE for … (budget 700 ms): no script with traffic uses it.',
    ],
  ]);
  expect(first.code).toBe(5);
  // What was said while it ran is what the report says.
  const [step] = first.result.steps;
  const longestMs = Math.max(...(step?.statements ?? []).map(({ durationMs }) => durationMs));
  expect(first.stderr).toContain(`${step?.statements.length} statements, the longest ${formatMs(longestMs)}`);

  await writeFile(join(tiny.dir, 'workload/old/audit.sql'), first.result.findings[0]?.insteadSql ?? '');
  const second = await rehearsed();
  expect(second.result.findings.map(({ check, status }) => [check, status])).toEqual([['lockWait', 'fail']]);
});
