import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRehearsal } from '../../scripts/plan/read.ts';
import { tinyRehearsal } from '../../test/support/tiny-rehearsal.ts';
import { changesInWords } from '../provider/rehearsal-changes.ts';
import type { RehearsalInputs } from '../resources/rehearsal-inputs.ts';
import { rehearsalArgs } from './rehearsal-args.ts';

const PLAN = `  - { phase: expand, sql: sql/1-add.sql }
  - { phase: deploy, deploy: { to: new, strategy: blue-green } }
  - { phase: contract, command: 'migrate \${TOKEN}' }`;
const SQL = 'alter table customers add column full_name text;';

async function argsOf(dir: string): Promise<RehearsalInputs> {
  const rehearsal = await readRehearsal(dir, { cwd: dir, env: { TOKEN: 'very-secret-token' } });
  return rehearsalArgs(rehearsal, { rehearsals: [dir], target: 'auto', keep: '30m' });
}

it('says what is rehearsed and shows no secret', async () => {
  const tiny = await tinyRehearsal(PLAN, { 'sql/1-add.sql': SQL });
  onTestFinished(() => tiny.remove());
  const { dir } = tiny;
  const args = await argsOf(dir);
  expect(args).toMatchObject({
    dir,
    rehearsal: 'tiny',
    target: 'auto',
    keep: '30m',
    steps: ['expand  sql/1-add.sql', 'deploy  deploy new', 'contract  migrate'],
    snapshot: 'generator generate.sql',
    settings: { 'load.ratePerSec': '100', 'budgets.lockWaitMs': '5000', 'load.versions': 'old → new' },
  });
  expect(Object.keys(args.files)).toEqual([
    'generate.sql',
    'rehearsal.yaml',
    'sql/1-add.sql',
    'workload/new/read.sql',
    'workload/old/read.sql',
    'workload/old/write.sql',
  ]);
  expect(JSON.stringify(args)).not.toContain('very-secret-token');
});

it('names the plan of each step where there are several', async () => {
  const plans = `plans:\n  in-steps:\n${PLAN.replace(/^/gm, '  ')}\n  at-once:\n    - { phase: switch, sql: sql/1-add.sql }`;
  const tiny = await tinyRehearsal(plans, { 'sql/1-add.sql': SQL });
  onTestFinished(() => tiny.remove());
  const { steps } = await argsOf(tiny.dir);
  expect(steps).toEqual([
    'in-steps: expand  sql/1-add.sql',
    'in-steps: deploy  deploy new',
    'in-steps: contract  migrate',
    'at-once: switch  sql/1-add.sql',
  ]);
});

it('tells each change in words', async () => {
  const tiny = await tinyRehearsal(PLAN, { 'sql/1-add.sql': SQL });
  onTestFinished(() => tiny.remove());
  const { dir } = tiny;
  const before = await argsOf(dir);
  await writeFile(join(dir, 'sql/1-add.sql'), `${SQL} -- once more`);
  await rm(join(dir, 'workload/old/write.sql'));
  expect(changesInWords(before, await argsOf(dir))).toEqual([
    'sql/1-add.sql changed',
    'workload/old/write.sql is gone',
  ]);
});
