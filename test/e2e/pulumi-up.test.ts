import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsEngine } from '../support/needs.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { PulumiStack } from './pulumi-stack.ts';

const PLAN = '  - { phase: expand, sql: sql/1-add.sql }';
/** So little traffic that a busy machine rehearses it too: what is tested is the stack, not the measurement. */
const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 10/s, connections: 2, warmup: 1s, cooldown: 100ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 5s }
`;
const GOOD = 'alter table customers add column full_name text;';
const SLOW = 'begin;\nlock table customers in share mode;\nselect pg_sleep(90);\ncommit;';
const RUNNING = /baseline: /;

/** The tests go through the life of one stack, each from where the one before it left it. */
describe.skipIf(!(await needsEngine('to run pulumi up')))('pulumi up', () => {
  let tiny: TinyRehearsal;
  let stack: PulumiStack;
  const sql = (text: string): Promise<void> => writeFile(join(tiny.dir, 'sql/1-add.sql'), text);

  beforeAll(async () => {
    tiny = await tinyRehearsal(PLAN, { 'sql/1-add.sql': GOOD }, HEAD);
    stack = await PulumiStack.create(tiny);
  });
  afterAll(async () => {
    stack.killTree();
    await tiny.remove();
  });

  it('starts nothing where the config or the rehearsal is wrong, and says every mistake', async () => {
    await stack.set('target', 'embeded');
    await stack.set('rehersals', 'x');
    await writeFile(join(tiny.dir, 'sql/1-add.sql'), 'alter tabel customers;');
    const { code, output } = await stack.run('preview');
    expect(code).not.toBe(0);
    expect(output).toContain('nothing was started:');
    expect(output).toContain('stack config rehersals: unknown key; did you mean rehearsals?');
    expect(output).toContain('stack config target: there is no target embeded');
    expect(output).toMatch(/sql\/1-add\.sql:1 .*syntax error/);
    expect(output).not.toContain('Rehearsal tiny');
    await stack.set('target', 'embedded');
    await stack.run('config', 'rm', 'rehersals');
    await sql(GOOD);
  });

  it('rehearses, streams what is going on, and tells the outcome', async () => {
    const { code, output } = await stack.run('up', '--yes');
    expect(output).toContain('will be rehearsed for the first time, on target embedded:');
    expect(output).toContain('expand  sql/1-add.sql');
    expect(output).toMatch(/tiny creating .*step 1\/1 add: ok/);
    expect(code).toBe(0);
    const outputs = await stack.outputs();
    expect(outputs).toMatchObject({ verdict: 'pass', cost: 'none', leftovers: 0 });
    expect(outputs['durationMs']).toBeGreaterThan(1_000);
    expect(existsSync(String(outputs['report']))).toBe(true);
    expect(await stack.left()).toEqual([]);
  });

  it('does nothing when nothing changed', async () => {
    const { code, output } = await stack.run('up', '--yes', '--skip-preview', '--expect-no-changes');
    expect(output).toContain('3 unchanged');
    expect(code).toBe(0);
  });

  it('keeps no older verdict where nothing was started', async () => {
    await sql('alter tabel customers;');
    expect((await stack.run('up', '--yes', '--skip-preview')).output).toContain('nothing was started:');
    expect(await stack.outputs()).toMatchObject({ verdict: 'none' });
    await sql(GOOD);
    expect((await stack.run('up', '--yes', '--skip-preview')).output).toContain('3 unchanged');
    expect(await stack.outputs()).toMatchObject({ verdict: 'pass' });
  });

  it('fails where a changed plan fails, says why it was rehearsed and where the report is', async () => {
    await sql('alter table no_such_table add column full_name text;');
    const { code, output } = await stack.run('up', '--yes', '--skip-preview');
    expect(output).toContain('will be rehearsed again: sql/1-add.sql changed');
    expect(output).toMatch(/FAIL {2}.*42P01/);
    expect(output).toMatch(/report: .*\/report\.html/);
    expect(code).not.toBe(0);
    expect(await stack.outputs()).toMatchObject({ verdict: 'none', report: 'none' });
    expect(await stack.left()).toEqual([]);
  });

  it('goes on after a failure where it is told to, and tells how each ended', async () => {
    const other = await tinyRehearsal(PLAN, { 'sql/1-add.sql': GOOD }, HEAD.replace('tiny', 'other'));
    await stack.set('rehearsals', JSON.stringify([tiny.dir, other.dir]));
    expect((await stack.run('up', '--yes', '--skip-preview', '--continue-on-error')).code).not.toBe(0);
    expect(await stack.outputs()).toMatchObject({
      verdict: 'fail',
      tiny: { verdict: 'fail' },
      other: { report: expect.stringContaining('report.html') as string },
    });
    await stack.set('rehearsals', tiny.dir);
    await other.remove();
  });

  it('leaves nothing after Ctrl-C', async () => {
    await sql(SLOW);
    const up = stack.start('up', '--yes', '--skip-preview');
    await up.says(RUNNING);
    up.signal('SIGINT');
    expect(await up.end()).not.toBe(0);
    expect(up.output).toContain('interrupted: torn down, nothing stayed');
    expect(await stack.outputs()).toMatchObject({ verdict: 'none' });
    expect(await stack.left()).toEqual([]);
  });

  it('leaves nothing when the CLI is killed: its plugin tears down by itself', async () => {
    const up = stack.start('up', '--yes', '--skip-preview');
    await up.says(RUNNING);
    up.signal('SIGKILL');
    await up.end();
    await stack.nothingLeft();
    expect((await stack.run('cancel', '--yes')).code).toBe(0);
  });

  it('is cleaned up by pulumi destroy when everything was killed, and works again', async () => {
    const up = stack.start('up', '--yes', '--skip-preview');
    await up.says(RUNNING);
    stack.killTree();
    await up.end();
    expect(await stack.left()).not.toEqual([]);
    expect((await stack.run('cancel', '--yes')).code).toBe(0);
    expect(await stack.run('destroy', '--yes', '--skip-preview')).toMatchObject({ code: 0 });
    expect(await stack.left()).toEqual([]);
    await sql(GOOD);
    const again = await stack.upJudged();
    expect(again.code, again.output).toBe(0);
    expect(await stack.outputs()).toMatchObject({ verdict: 'pass', leftovers: 0 });
  });
});
