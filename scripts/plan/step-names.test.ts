import { expect, test } from 'vitest';
import { HEAD, readYaml } from './read.fixture.ts';

async function namesOf(...steps: string[]): Promise<string[]> {
  const yaml = `${HEAD}plan:\n${steps.map((step) => `  - { phase: expand, ${step} }\n`).join('')}`;
  const sql = 'select 1;';
  const files = { 'r/20-add.col.sql': sql, 'r/7-.sql': sql, 'r/plain': sql, 'r/sql/3-verify.sql': sql };
  return (await readYaml(yaml, files)).plan.map(({ name }) => name);
}

test('a step is named after its file without folder, number and extension, or after its kind', async () => {
  expect(
    await namesOf(
      'sql: sql/1-expand.sql',
      'sql: [20-add.col.sql, plain]',
      'sql: 7-.sql',
      'sql: plain',
      'verify: sql/3-verify.sql',
      'deploy: { to: new }',
      'backfill: { table: public.t, key: id, set: x = 1 }',
      'command: "  npx prisma migrate"',
      'soak: 1s',
    ),
  ).toEqual(['expand', 'add.col', '7-', 'plain', 'verify', 'deploy new', 'backfill public.t', 'npx', 'soak']);
});

test('names that would be there twice get a number, and the author’s own names go first', async () => {
  expect(
    await namesOf('soak: 1s', 'soak: 1s', 'soak: 1s, name: soak 2', 'soak: 1s', 'soak: 1s, name: soak'),
  ).toEqual(['soak 3', 'soak 4', 'soak 2', 'soak 5', 'soak']);
});

test('a file named start does not take the name of the state before the first step', async () => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, sql: start.sql }\n`;
  expect((await readYaml(yaml, { 'r/start.sql': 'select 1' })).plan[0]?.name).toBe('start 2');
});

test('a name never shows a value of the environment', async () => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, command: "\${TOOL} up" }\n`;
  expect((await readYaml(yaml, {}, { TOOL: '/opt/secret-tool' })).plan[0]?.name).toBe('${TOOL}');
});
