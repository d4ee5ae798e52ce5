import { expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { registerAuthorText } from '../../../scripts/pg/messages/public-names.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';
import { asStranger } from '../../support/database/stranger.ts';

const bench = useReplayBench();
const EXTRA = { lockTimeoutMs: 700 };

/** What the steps finding says while somebody else stays in a transaction of these statements. */
async function told(held: readonly string[], sql: string, extra: Partial<SqlStep> = EXTRA): Promise<string> {
  registerAuthorText('count orders items select update set state id pg_advisory_xact_lock');
  return asStranger(bench().endpoint, 'reporting', async (client) => {
    await client.query('begin');
    for (const one of held) await client.query(one);
    const found = await replayed(bench(), [sqlStep('change', sql, extra)], ['steps']);
    await client.query('rollback');
    return found[0]?.message.replace(/\d+(\.\d+)? (ms|s)\b/g, '… ms') ?? '';
  });
}

it.each([
  [
    'a relation',
    ['select count(*) from orders where id = 1'],
    'alter table orders add column note text',
    'orders (ACCESS EXCLUSIVE)',
  ],
  [
    'a row',
    ['update orders set state = 1 where id = 1'],
    'update orders set state = 2 where id = 1',
    'a row that another transaction has changed and not yet committed',
  ],
  [
    'a transaction',
    ['update orders set state = 1 where id = 1'],
    'create index concurrently orders_state on orders (state)',
    'an older transaction to end, whatever that has read or written',
  ],
  [
    'an advisory lock',
    ['select pg_advisory_xact_lock(7)'],
    'select pg_advisory_xact_lock(7)',
    'an advisory lock',
  ],
])(
  'a step that gave up its wait for %s names what for, and who, since when and what that ran',
  async (_, held, sql, what) => {
    const query =
      held[0]
        ?.replace(/ = \d/g, ' = $1')
        .replace('(7)', '($1)')
        .replace('= $1 where id = $1', '= $1 where id = $2') ?? '';
    const message = await told(held, sql);
    expect(message).toContain(` It waited … ms for ${what}`);
    expect(message).toMatch(
      /, behind another program \(reporting\), idle in transaction, its transaction … ms old by then, which last ran: /,
    );
    expect(message).toContain(query);
  },
);

it('a statement_timeout names the blocker like a lock_timeout', async () => {
  const message = await told(['select 1 from orders'], 'alter table orders add column note text', {
    statementTimeoutMs: 700,
  });
  expect(message).toContain('57014 ');
  expect(message).toContain('idle in transaction, its transaction');
});

async function isAwaited(table: string): Promise<boolean> {
  const { rows } = await bench().setup.query(
    'select from pg_locks where not granted and relation = to_regclass($1)',
    [table],
  );
  return rows.length > 0;
}

it('a deadlock names whom it waited for, and a statement that only took long names nobody', async () => {
  const found = await withConnection(bench().endpoint, 'setup', async (client) => {
    // Only the step looks for a deadlock, and when there is one.
    await client.query(`set deadlock_timeout = '1h'`);
    await client.query('begin; lock table items in access share mode');
    const closing = (async () => {
      while (!(await isAwaited('items'))) await sleep(50);
      await client.query('select 1 from orders');
      await client.query('rollback');
    })();
    const text = `begin; set local deadlock_timeout = '4s'; lock table orders; lock table items; commit`;
    const told = await replayed(bench(), [sqlStep('change', text)], ['steps']);
    await closing;
    return told;
  });
  expect(
    found.map(({ sqlstate, message }) => [
      sqlstate,
      / It waited .* for items \(ACCESS EXCLUSIVE\), behind /.test(message),
    ]),
  ).toEqual([['40P01', true]]);
});

it('a statement that only took long names nobody', async () => {
  const slow = await replayed(
    bench(),
    [sqlStep('slow', 'select pg_sleep(3)', { statementTimeoutMs: 300 })],
    ['steps'],
  );
  expect(slow.map(({ sqlstate, message }) => [sqlstate, message.includes('It waited')])).toEqual([
    ['57014', false],
  ]);
});
