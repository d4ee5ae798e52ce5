import { expect, it } from 'vitest';
import { FILES, HEAD, mistakesIn, readYaml } from '../../read.fixture.ts';

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
    { file: 'sql/a.sql', text: '-- migrate:up\nalter table t add y int;\n\n\n\n', begun: 'anew' },
    {
      file: 'sql/b.sql',
      text: '-- migrate:up transaction:false\ncreate index concurrently i on t (x);\n\n',
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
    'r/sql/1_x.down.sql is the way back in a migration of golang-migrate: name it under rollback, and the file that goes up under sql',
    'r/sql/c.sql:5 syntax error at or near "selct"',
    'r/sql/V1__v.sql:2 vacuum t cannot run in a transaction, and Flyway begins one around every file; put it into a file of its own',
  ]);
});

it('knows what a tool begins a transaction around, and tells its own way out', async () => {
  const index = 'create index concurrently i on t (x);\n';
  const mistakes = await mistakesIn(
    plan('{ phase: expand, sql: sql/a.sql }') + '  - { phase: expand, name: b, sql: 2_b.up.sql }\n',
    { 'r/sql/a.sql': `-- +goose Up\n${index}`, 'r/2_b.up.sql': index },
  );
  expect(mistakes).toEqual([
    'r/sql/a.sql:2 create index concurrently i … cannot run in a transaction, and goose begins one around every file; write -- +goose NO TRANSACTION at the top of the file',
  ]);
});

it('reads what a file beside a migration says of its transaction', async () => {
  const sql = 'create index concurrently i on t (x);\n';
  const [diesel, flyway] = (
    await readYaml(
      plan('{ phase: expand, sql: m/2026-11-01-120000_a/up.sql }') +
        '  - { phase: expand, name: v, sql: V1__v.sql }\n',
      {
        'r/m/2026-11-01-120000_a/up.sql': sql,
        'r/V1__v.sql': sql,
        'r/m/2026-11-01-120000_a/metadata.toml': '# of diesel\nrun_in_transaction = false\n',
        'r/V1__v.sql.conf': 'executeInTransaction=false\n',
      },
    )
  ).plan;
  expect(diesel).toMatchObject({ transaction: 'file', tool: 'diesel' });
  expect(diesel?.kind === 'sql' ? diesel.files : []).toEqual([
    { file: 'm/2026-11-01-120000_a/up.sql', text: sql },
  ]);
  expect(flyway).toMatchObject({ transaction: 'as-written', tool: 'Flyway' });
});

it('takes files for those of Rust’s tools where a Cargo.toml is above them', async () => {
  const files = { 'r/1_a.up.sql': 'create index concurrently i on t (x);\n', 'r/Cargo.toml': '[package]\n' };
  expect(await mistakesIn(plan('{ phase: expand, sql: 1_a.up.sql }'), files)).toEqual([
    'r/1_a.up.sql:1 create index concurrently i … cannot run in a transaction, and sqlx begins one around every file; give it a file of its own that begins with -- no-transaction',
  ]);
});

it('lets a file end its transaction itself where its tool goes on then, and refuses it where the tool fails', async () => {
  const sql = 'begin;\nselect 1;\ncommit;\nvacuum t;\n';
  expect(
    await mistakesIn(
      `${HEAD}plan:
  - { phase: expand, name: a, sql: 1_a.up.sql }
  - { phase: expand, name: b, sql: b.sql }
  - { phase: expand, name: c, sql: c.sql }
`,
      {
        'r/1_a.up.sql': 'begin;\nselect 1;\ncommit;\nselect 2;\n',
        'r/b.sql': `-- +goose Up\n${sql}`,
        'r/c.sql': `-- migrate:up\n${sql}`,
      },
    ),
  ).toEqual([
    'r/c.sql:4 commit ends the transaction of dbmate, which fails then; leave BEGIN and COMMIT to it',
    'r/c.sql:5 vacuum t cannot run in a transaction, and dbmate begins one around every file; give it a file of its own with -- migrate:up transaction:false',
  ]);
});

it('sends the rows behind COPY as psql and Flyway do, and refuses them where the tool does not', async () => {
  const copy = 'copy t (id) from stdin;\n1\n\\.\n';
  const files = { 'r/sql/a.sql': copy, 'r/sql/V1__v.sql': copy, 'r/sql/1_x.up.sql': `select 1;\n${copy}` };
  const yaml = plan(
    '{ phase: expand, sql: sql/a.sql }\n  - { phase: expand, name: two, sql: sql/V1__v.sql }',
  );
  expect((await readYaml(yaml, files)).plan).toHaveLength(2);
  expect(await mistakesIn(plan('{ phase: expand, sql: sql/1_x.up.sql }'), files)).toEqual([
    'r/sql/1_x.up.sql:2 golang-migrate does not send the rows behind COPY … FROM STDIN: write INSERT',
  ]);
});
