import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearse } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { canRunLocally, MOMENTS, tracesOf } from '../../e2e/local-fixture.ts';
import { PulumiStack } from '../../e2e/pulumi-stack.ts';

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 10/s, connections: 2, warmup: 1s, cooldown: 100ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 20s }
`;
const FILES = {
  'generate.sql': 'create table customers (id int primary key, name text);\nselect pg_sleep(2);',
  'workload/old/read.sql': 'select count(*) from customers;',
  'workload/old/write.sql': 'select 1;',
  'workload/new/read.sql': 'select 1;',
  'sql/1.sql': 'begin;\nlock table customers in share mode;\nselect pg_sleep(2);\ncommit;',
};

/** All five moments take minutes: REHEARSE_ALL_DEATHS=1 strikes at each of them, otherwise two have to do. */
const ALL = process.env['REHEARSE_ALL_DEATHS'] === '1';
const OFTEN = ['a host is made', 'the plan is replayed'];

/** One stack after another death. */
describe.skipIf(!(await canRunLocally()))('pulumi up on local hosts', () => {
  let tiny: TinyRehearsal;
  let stack: PulumiStack;
  beforeAll(async () => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', FILES, HEAD);
    stack = await PulumiStack.create(tiny, 'local');
  });
  afterAll(async () => {
    stack.killTree();
    await tiny.remove();
  });

  it.each(Object.entries(MOMENTS).filter(([moment]) => ALL || OFTEN.includes(moment)))(
    'tears down by itself when the CLI is killed when %s',
    async (_, moment) => {
      const up = stack.start('up', '--yes', '--skip-preview');
      const runId = await up.runId();
      await moment(up, runId);
      up.signal('SIGKILL');
      await up.end();
      await stack.nothingLeft();
      expect(tracesOf(runId)).toEqual([]);
      // A killed CLI leaves its lock.
      expect((await stack.run('cancel', '--yes')).code).toBe(0);
    },
  );

  it('is cleaned up by reap when everything was killed, and after pulumi cancel the next up works', async () => {
    const up = stack.start('up', '--yes', '--skip-preview');
    const runId = await up.runId();
    await up.says(/baseline: /);
    stack.killTree();
    await up.end();
    const at = { cwd: tiny.dir, tmp: tiny.tmp };
    expect(await rehearse(['reap', '--run', runId, '--execute'], at)).toMatchObject({ code: 0 });
    expect(tracesOf(runId)).toEqual([]);

    expect((await stack.run('up', '--yes')).output).toContain('locked');
    expect((await stack.run('cancel', '--yes')).code).toBe(0);
    const again = await stack.upJudged();
    expect(again.code, again.output).toBe(0);
    expect(await stack.outputs()).toMatchObject({ verdict: 'pass', leftovers: 0 });
    expect((await stack.run('destroy', '--yes')).code).toBe(0);
    await stack.nothingLeft();
  });
});
