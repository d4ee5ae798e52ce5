import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../../scripts/checks/result/contract/result.ts';
import { canRunLocally, startLocal, tracesOf } from '../../e2e/local-fixture.ts';
import { killTree } from '../../support/hosts/process-tree.ts';
import { rehearse } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

const PLANS = `plans:
  at-once:
    - { phase: expand, name: add, sql: sql/add.sql, rollback: sql/undo.sql }
  filled:
    - { phase: expand, name: add, sql: sql/add.sql, rollback: sql/undo.sql }
    - { phase: backfill, name: fill, backfill: { table: customers, key: id, set: note = name, where: note is null } }
scenarios: [quiet, { rollback: { from: [add] } }, { interrupted: { steps: [fill], how: [server] } }]`;

describe.skipIf(!(await canRunLocally()))('a run of several plans whose own process was killed', () => {
  it('goes on with its ways back and interruptions, and tells all plans', async () => {
    tiny = await tinyRehearsal(PLANS, {
      'sql/add.sql': 'alter table customers add column note text;',
      'sql/undo.sql': 'alter table customers drop column note;',
    });
    const run = startLocal(tiny);
    const runId = await run.runId();
    await run.says(/playing 2 of 5/);
    killTree(run.pid);
    await run.end();
    const args = ['run', '.', '--resume', runId, '--json'];
    const { stdout, stderr } = await rehearse(args, { cwd: tiny.dir, tmp: tiny.tmp, target: 'local' });
    if (stdout === '') throw new Error(stderr);
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(result.playings?.played.map(({ plan, scenario }) => [plan, scenario])).toEqual([
      ['at-once', 'at-once'],
      ['at-once', 'at-once / rollback from add'],
      ['filled', 'filled'],
      ['filled', 'filled / rollback from add'],
      ['filled', 'filled / interrupted'],
    ]);
    expect(result.findings.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(result.wayBack).toMatchObject([
      { plan: 'at-once', from: 'add', possible: true },
      { plan: 'filled', from: 'add', possible: true },
    ]);
    expect(result.interruptions).toMatchObject([
      { plan: 'filled', step: 'fill', how: 'server', secondTry: 'ok', rowsTwice: 0, rowsLeftOut: 0 },
    ]);
    expect(result.playings?.ways).toHaveLength(2);
    expect(tracesOf(runId)).toEqual([]);
  });
});
