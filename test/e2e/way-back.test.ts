import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

interface Played {
  readonly plan: string;
  readonly files: Readonly<Record<string, string>>;
  readonly scenarios: string;
}

async function run({
  plan,
  files,
  scenarios,
}: Played): Promise<{ code: unknown; stderr: string; result: Result }> {
  tiny = await tinyRehearsal(`${plan}\nscenarios: ${scenarios}`, files);
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  if (stdout === '') throw new Error(stderr);
  return { code, stderr, result: resultSchema.parse(JSON.parse(stdout)) };
}

const told = ({ findings }: Result, check: string): string[] =>
  findings.filter((finding) => finding.check === check).map(({ status, message }) => `${status}: ${message}`);

const ADD = `alter table customers add column full_name text;
create index customers_by_full_name on customers (full_name);
create function keep() returns trigger language plpgsql as $$ begin
  if tg_op = 'INSERT' then new.full_name := coalesce(new.full_name, new.name);
  elsif new.name is distinct from old.name then new.full_name := new.name; end if;
  return new; end $$;
create trigger keep before insert or update on customers for each row execute function keep();
comment on column customers.full_name is 'as the passport has it';`;
const UNDO = `drop trigger keep on customers;
drop function keep;
alter table customers drop column full_name;`;

/** Every request of the new version makes one row, with a value that stands nowhere else. */
const NEW = {
  'workload/old/write.sql': 'select count(*) from (select name from customers limit 1) c;',
  'workload/new/read.sql': `insert into customers (id, full_name, secret) values (nextval('more'), 'n' || random(), '');`,
  'generate.sql': `create table customers as
      select i as id, 'name ' || i as name, md5('customer ' || i) as secret from generate_series(1, 5000) i;
    alter table customers add primary key (id);
    create sequence more start 1000000;`,
};
const COPY_BACK = `create function copy_back() returns trigger language plpgsql as $$ begin
  new.name := coalesce(new.name, new.full_name); return new; end $$;
create trigger copy_back before insert or update on customers for each row execute function copy_back();`;
const UNDO_COPY = 'drop trigger copy_back on customers;\ndrop function copy_back;';

describe('a plan that turns around', () => {
  const plan = `
  - { phase: expand, name: add, sql: sql/add.sql, rollback: sql/undo.sql, lockTimeout: 1s, retries: 3 }
  - { phase: backfill, name: fill, backfill: { table: customers, key: id, set: full_name = name, where: full_name is null } }
  - { phase: deploy, name: out, deploy: { to: new, strategy: blue-green } }
  - { phase: contract, name: drop, sql: sql/drop.sql, pointOfNoReturn: true }`;
  const files = {
    'sql/add.sql': ADD,
    'sql/undo.sql': UNDO,
    'sql/drop.sql': 'alter table customers drop column name;',
  };

  it('comes back whole, with the old version live and the way forward open, beside the quiet playing', async () => {
    const { code, result, stderr } = await run({
      plan,
      files: { ...files, 'sql/whole.sql': 'select id from customers where name is null;' },
      scenarios: '[quiet, { rollback: { verify: sql/whole.sql } }]',
    });
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result.playings?.scenarios.map(({ name }) => name)).toEqual(['quiet', 'rollback']);
    expect(result.wayBack).toMatchObject([
      {
        from: 'out',
        possible: true,
        reason: null,
        schemaSame: true,
        schemaDifferences: [],
        forwardAgain: true,
      },
    ]);
    expect(result.pointOfNoReturn).toEqual({ declared: 'drop', found: null });
    expect(stderr.replace(/\s+/g, ' ')).toContain('; the way back was open up to behind 3 out.');
    expect(stderr).toContain('step 5/9 undo add');
    expect(stderr).toContain('step 7/9 verify the way back');
  });

  it('loses nothing where a trigger copies back, and the exact number where nobody does', async () => {
    const counted = { ...files, ...NEW };
    const kept = await run({
      plan,
      files: { ...counted, 'sql/add.sql': `${ADD}\n${COPY_BACK}`, 'sql/undo.sql': `${UNDO_COPY}\n${UNDO}` },
      scenarios: '[rollback]',
    });
    expect(findingsAboutThePlan(kept.result)).toEqual([]);
    expect(kept.result.wayBack).toMatchObject([{ possible: true, valuesLost: [] }]);
    await tiny?.remove();

    const { code, result } = await run({ plan, files: counted, scenarios: '[rollback]' });
    expect(code).toBe(4);
    const sent = result.traffic['new']?.requests ?? 0;
    expect(sent).toBeGreaterThan(0);
    expect(result.wayBack).toMatchObject([
      {
        from: 'out',
        possible: false,
        valuesLost: [{ table: 'public.customers', column: 'full_name', count: sent, since: 'out' }],
      },
    ]);
    expect(result.pointOfNoReturn).toEqual({ declared: 'drop', found: 'out' });
    expect(told(result, 'valuesKept')).toEqual([
      expect.stringContaining(
        `drops customers.full_name with ${sent.toLocaleString('en-US')} values that the app wrote since new`,
      ),
    ]);
  });

  it('is told the index that its rollback forgets, and the step that truly is the point of no return', async () => {
    const forgets = {
      'sql/add.sql': 'create index customers_by_name on customers (name);',
      'sql/undo.sql': 'drop index if exists customers_by_nome;',
      'sql/loosen.sql':
        'alter table customers add column note text;\nalter table customers alter column name set default md5(1::text);',
      'sql/tighten.sql':
        'alter table customers drop column note;\nalter table customers alter column nome drop default;',
      'sql/drop.sql': 'select 1;',
    };
    const steps = `
  - { phase: expand, name: index, sql: sql/add.sql, rollback: sql/undo.sql }
  - { phase: switch, name: loosen, sql: sql/loosen.sql, rollback: sql/tighten.sql }
  - { phase: contract, name: drop, sql: sql/drop.sql, pointOfNoReturn: true }`;
    const { code, result } = await run({ plan: steps, files: forgets, scenarios: '[{ rollback: each }]' });
    expect(code).toBe(4);
    expect(result.wayBack).toMatchObject([
      {
        from: 'index',
        possible: false,
        schemaSame: false,
        schemaDifferences: [{ kind: 'index', name: 'public.customers_by_name', how: 'left-over' }],
      },
      { from: 'loosen', possible: false, schemaSame: null },
    ]);
    expect(told(result, 'schemaRestored')).toEqual([
      'fail: After the way back the schema is not what it was before step 1 index: index customers_by_name on customers is left over.',
    ]);
    expect(told(result, 'pointOfNoReturn')[0]).toMatch(
      /^fail: The point of no return is step \d \w+: .* declares it at step 3 drop\.$/,
    );
    expect(result.pointOfNoReturn).toEqual({ declared: 'drop', found: 'index' });
    const failed = told(result, 'steps').find((message) => message.includes('undo loosen'));
    expect(failed).toMatch(
      /undo loosen failed \(sql\/tighten\.sql line 2\): 42703 .* Now it is half undone: column customers\.note taken back; column customers\.name not yet\.$/,
    );
  });

  it('fails where an older version cannot live after it, and where a dropped column comes back empty', async () => {
    const early = {
      'sql/drop.sql': 'alter table customers drop column name;',
      'sql/undrop.sql': 'alter table customers add column name text;',
      'sql/last.sql': 'select 1;',
      'sql/whole.sql': 'select id from customers where name is null;',
      'workload/new/read.sql': 'select count(*) from (select 1 from customers limit 1) c;',
    };
    const steps = `
  - { phase: deploy, name: out, deploy: { to: new, strategy: blue-green } }
  - { phase: contract, name: drop, sql: sql/drop.sql, rollback: sql/undrop.sql }
  - { phase: contract, name: last, sql: sql/last.sql, pointOfNoReturn: true }`;
    const { code, result } = await run({
      plan: steps,
      files: early,
      scenarios: '[{ rollback: { verify: sql/whole.sql } }]',
    });
    expect(code).toBe(4);
    expect(result.wayBack).toMatchObject([
      {
        possible: false,
        reason: expect.stringMatching(
          /^step 6 verify the way back failed at sql\/whole\.sql line 1: expected no rows, found 5,000 rows$/,
        ) as string,
        schemaSame: true,
        valuesLost: [{ table: 'public.customers', column: 'name', count: 5000, since: 'drop' }],
      },
    ]);
    expect(result.pointOfNoReturn).toEqual({ declared: 'last', found: 'drop' });
  });
});
