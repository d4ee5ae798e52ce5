import { expect, it } from 'vitest';
import { FILES, HEAD, mistakesIn, readYaml } from '../read.fixture.ts';

const plan = (steps: string): string => `${HEAD}plan:\n  - ${steps}\n`;
const BOTH = '-- migrate:up\nalter table t add y int;\n\n-- migrate:down\nalter table t drop y;\n';

it('commits as the tool does whose files they are, and takes the part that goes up', async () => {
  const files = {
    'r/sql/a.sql': BOTH,
    'r/sql/b.sql': `-- migrate:up transaction:false\ncreate index concurrently i on t (x);\n-- migrate:down\nselect 1;`,
  };
  const [step] = (await readYaml(plan('{ phase: expand, sql: [sql/a.sql, sql/b.sql] }'), files)).plan;
  expect(step).toMatchObject({ transaction: 'file', tool: 'dbmate' });
  expect(step?.kind === 'sql' ? step.files : []).toEqual([
    { file: 'sql/a.sql', text: '-- migrate:up\nalter table t add y int;\n\n\n\n' },
    {
      file: 'sql/b.sql',
      text: '-- migrate:up transaction:false\ncreate index concurrently i on t (x);\n\n',
      asWritten: true,
    },
  ]);
});

it('lets the plan’s own word win, and runs other files as psql does', async () => {
  const files = { 'r/sql/a.sql': BOTH };
  const { plan: own } = await readYaml(
    plan('{ phase: expand, sql: sql/a.sql, transaction: as-written }'),
    files,
  );
  expect(own[0]).toMatchObject({ transaction: 'as-written' });
  expect(own[0]).not.toHaveProperty('tool');
  const { plan: plain } = await readYaml(plan('{ phase: expand, sql: sql/1-expand.sql }'));
  expect(plain[0]).toMatchObject({
    transaction: 'as-written',
    files: [{ text: FILES['r/sql/1-expand.sql'] }],
  });
});

it('asks where files of several tools meet, refuses the way back, and keeps lines right', async () => {
  const files = {
    'r/sql/a.sql': BOTH,
    'r/sql/1_x.down.sql': 'select 1;',
    'r/sql/c.sql': '-- +goose Down\nselect 1;\n-- +goose Up\nselect 1;\nselct 2;',
    'r/sql/V1__v.sql': 'select 1;\nvacuum t;\n',
  };
  const mistakes = await mistakesIn(
    `${HEAD}plan:
  - { phase: expand, sql: [sql/a.sql, sql/1-expand.sql] }
  - { phase: expand, name: two, sql: sql/1_x.down.sql }
  - { phase: expand, name: three, sql: sql/c.sql }
  - { phase: expand, name: four, sql: sql/V1__v.sql }
`,
    files,
  );
  expect(mistakes.map((line) => line.replace(/ \(column.*$/, ''))).toEqual([
    'r/rehearsal.yaml:7 plan[0].sql: names files of dbmate and no known tool, which commit in different ways; write transaction: file, single, as-written or none',
    'r/sql/1_x.down.sql is the way back in a migration of golang-migrate or sqlx: name it under rollback, and the file that goes up under sql',
    'r/sql/c.sql:5 syntax error at or near "selct"',
    'r/sql/V1__v.sql:2 vacuum t cannot run in a transaction; write transaction: none, or a file of its own',
  ]);
});
