import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandStep } from '../../../scripts/plan/model.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { analysed, replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();
const CHECKS = ['beside', 'rowsLost', 'unfinished', 'steps'];
const PG = new URL('../../../node_modules/pg/lib/index.js', import.meta.url).href;

/** How a program sends it: all in one text, or one by one in PostgreSQL's extended protocol. */
type Way = 'one text' | 'one by one';

/** A migration tool in a few lines. */
async function tool(name: string, statements: readonly string[], way: Way): Promise<CommandStep> {
  const queries =
    way === 'one text'
      ? [{ text: statements.join(';\n') }]
      : statements.map((text) => ({ text, queryMode: 'extended' }));
  const program = `import pg from "${PG}";
    const client = new pg.Client(process.env.DATABASE_URL);
    await client.connect();
    try {
      for (const query of ${JSON.stringify(queries)}) await client.query(query);
    } catch {
      process.exitCode = 3;
    } finally {
      await client.end();
    }`;
  await writeFile(join(bench().folder.path, `${name}.mjs`), program);
  return {
    kind: 'command',
    name,
    phase: 'expand',
    retries: 0,
    retryPauseMs: 50,
    pointOfNoReturn: false,
    command: `${process.execPath} ${name}.mjs`,
    timeoutMs: 20_000,
    touchesDatabase: true,
  };
}

const FALLEN = `create view few as select id, state from orders; create view fewer as select id from few;
  alter table items add constraint items_orders foreign key (order_id) references orders`;

interface Change {
  readonly setUp: string;
  readonly statements: readonly string[];
  /** Check, status, SQLSTATE and words of the findings, without which statement it was. */
  readonly found: readonly unknown[];
}

const CHANGES: Readonly<Record<string, Change>> = {
  'CASCADE over views and a foreign key, and the rows of the table': {
    setUp: FALLEN,
    statements: ['select 1', 'drop table orders cascade'],
    found: [
      ['rowsLost', 'fail', null, 'dropped orders: 20,000 rows are gone.'],
      [
        'beside',
        'warn',
        null,
        'took along 3 objects that its SQL does not name: foreign key items_orders of items, view few and view fewer.',
      ],
    ],
  },
  'CASCADE over a column': {
    setUp: 'create domain word as text; alter table orders add column note word',
    statements: ['drop domain word cascade'],
    found: [
      [
        'beside',
        'fail',
        null,
        'took along 1 object that its SQL does not name: column note of orders. With a column all its values are gone.',
      ],
    ],
  },
  'IF NOT EXISTS over another index, IF EXISTS beside what was meant': {
    setUp: 'create index a on orders (state)',
    statements: [
      'create index if not exists a on orders (id)',
      'alter table orders drop column if exists "State"',
    ],
    found: [
      [
        'beside',
        'fail',
        null,
        'made no index a: IF NOT EXISTS skipped it, and what is there is something else: it is on (state) instead of (id).',
      ],
      [
        'beside',
        'warn',
        null,
        'removed or changed nothing: IF EXISTS skipped column State of orders, which is not there, but there is column state.',
      ],
    ],
  },
  'rows that break a valid constraint': {
    setUp: FALLEN,
    statements: [
      "set session_replication_role = 'replica'",
      'insert into items values (-1), (-2)',
      'reset session_replication_role',
    ],
    found: [
      [
        'beside',
        'fail',
        null,
        'let in what a constraint forbids: 2 rows break foreign key items_orders of items, which the catalog calls valid.',
      ],
    ],
  },
  'a table that is emptied, and a constraint that is not validated': {
    setUp: 'select 1',
    statements: ['truncate orders', 'alter table items add constraint c check (order_id > 0) not valid'],
    found: [
      ['rowsLost', 'fail', null, 'emptied orders: 20,000 rows are gone.'],
      [
        'unfinished',
        'warn',
        null,
        'left this behind and nothing mended it: constraint c of items is NOT VALID: rows that were there before were never checked.',
      ],
    ],
  },
  'a table that is dropped and made anew': {
    setUp: 'select 1',
    statements: ['drop table orders', 'create table orders (id int)'],
    found: [['rowsLost', 'fail', null, 'dropped and made anew orders: 20,000 rows are gone.']],
  },
  'an index that is left invalid': {
    setUp: 'select 1',
    statements: ['create unique index concurrently u on orders (state)'],
    found: [
      [
        'steps',
        'fail',
        '23505',
        'could not create unique index "u". 20,000 rows of orders break it: 20,000 rows were there before the plan.',
      ],
      [
        'unfinished',
        'fail',
        null,
        'left this behind and nothing mended it: index u of orders is INVALID: no query uses it, and writes pay for it.',
      ],
    ],
  },
  'a statement that PostgreSQL refuses': {
    setUp: 'select 1',
    statements: ['alter table orders add column state int'],
    found: [['steps', 'fail', '42701', 'column "state" of relation "orders" already exists.']],
  },
};

async function found(of: 'sql' | Way, { setUp, statements }: Change): Promise<unknown[]> {
  await bench().setup.query(`drop view if exists few, fewer; drop domain if exists word; ${setUp}; analyze`);
  const step = of === 'sql' ? sqlStep('s1', statements.join(';\n')) : await tool('s1', statements, of);
  const findings = await replayed(bench(), [step], CHECKS);
  return findings.map(({ check, status, sqlstate, message }) => [check, status, sqlstate, bare(message)]);
}

/** Without who did it, and by which statement. */
function bare(message: string): string {
  return message
    .replace(/^Step 1 s1 (failed( \([^)]*\))?: \w+ )?/, '')
    .replace(/, by (the CASCADE of statement \d+|(the CASCADE of )?"[^"]*")/, '')
    .replace('; the command ended with exit code 3.', '.');
}

const TABLE = Object.entries(CHANGES).flatMap(([name, change]) =>
  (['sql', 'one text', 'one by one'] as const).map((of) => ({ name, of, change })),
);

it.each(TABLE)('$name is found alike as sql and as a command: $of', async ({ of, change }) => {
  expect(await found(of, change)).toEqual(change.found);
});

it('names the statement of a command without its constants', async () => {
  await bench().setup.query('drop view if exists few, fewer; create view few as select id from orders');
  const step = await tool(
    's1',
    ["do $$ begin perform 'ada@x.y'; drop table orders cascade; end $$"],
    'one text',
  );
  const [, fell] = await replayed(bench(), [step], ['beside', 'rowsLost']);
  expect(fell?.message).toBe(
    'Step 1 s1 took along 1 object that its SQL does not name, by the CASCADE of "do $1": view few.',
  );
});

it('records what the server said to a command, and which timeouts it set', async () => {
  const statements = [
    "set lock_timeout = '1500ms'",
    "insert into items values (1) returning 'ada@x.y'",
    'create table if not exists items (order_id int)',
    'drop table if exists nothing_there',
  ];
  await replayed(bench(), [await tool('s1', statements, 'one by one')], []);
  const recorded = (await bench().folder.read('steps')) ?? [];
  const sent = recorded.filter((event) => event.type === 'command-statement');
  expect(sent.map(({ sql, notices = [] }) => [sql, ...notices.map(({ message }) => message)])).toEqual([
    ["set lock_timeout = '1500ms'"],
    ['create table if not exists items (order_id int)', 'relation "items" already exists, skipping'],
    ['drop table if exists …', 'table "…" does not exist, skipping'],
  ]);
  expect(recorded.filter((event) => event.type === 'command-sessions')).toMatchObject([
    { sessions: 1, unread: 0, isWhole: true },
  ]);
});

it.each(['one text', 'one by one'] as const)(
  'knows which statement rewrote, read and emptied whole tables, and until when it kept others from them: %s',
  async (way) => {
    const statements = [
      "insert into items select i from generate_series(1, 2000) i where 'ada@x.y' <> ''",
      'alter table orders alter column id type bigint',
      'alter table orders add constraint small check (state < 8)',
      'select pg_sleep(0.1)',
      'truncate items',
      'select pg_sleep(0.1)',
    ];
    const program = await tool(
      's1',
      way === 'one text' ? statements : ['begin', ...statements, 'commit'],
      way,
    );
    const [step] = (await analysed(bench(), [program])).steps;
    const sent = step?.sent ?? [];
    const told = sent.map(({ record: { sql, rewrote } }) => [sql.slice(0, 26), ...rewrote]);
    expect(told.filter(([, ...tables]) => tables.length > 0)).toEqual([
      ['alter table orders alter c', 'public.orders'],
      ['truncate items', 'public.items'],
    ]);
    expect(JSON.stringify(sent)).not.toContain('ada@x.y');
    const [longest] = sent.map(({ blockingHoldMs }) => blockingHoldMs).sort((a, b) => b - a);
    expect(longest).toBeGreaterThan(150);
  },
);

it('counts the rows that a command read while it kept others from a table', async () => {
  const check = 'alter table orders add constraint small check (state < 8)';
  const program = await tool('s1', ['begin', check, 'select pg_sleep(0.1)', 'commit'], 'one by one');
  const [step] = (await analysed(bench(), [program])).steps;
  expect(step?.sent.map(({ record: { sql, scanned } }) => [sql, scanned])).toContainEqual([
    check.replace('8', '$1'),
    [{ relation: 'public.orders', rows: 20_000 }],
  ]);
});
