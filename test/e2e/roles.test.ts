import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  await tiny?.remove();
});

const GENERATE = `
  create role shop_owner nologin;
  create role app_rw nologin; alter role app_rw set search_path = shop; alter role app_rw connection limit 4;
  create role app_new nologin in role app_rw valid until '2020-01-01';
  grant shop_owner to app_rw; revoke shop_owner from app_rw;
  create schema shop authorization shop_owner;
  create table shop.items as select i as id from generate_series(1, 500) i;
  create table shop.secret (id int);
  alter table shop.items owner to shop_owner; alter table shop.secret owner to shop_owner;
  grant usage on schema shop to app_rw; grant select on shop.items to app_rw;`;
/** Divides by zero where it is not so. */
const mustBe = (condition: string): string => `select 1 / (${condition})::int;`;
const head = (load: string): string => `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 80/s, connections: 4, warmup: 1500ms, cooldown: 300ms, ${load} }
budgets: { errors: 0 }
`;
const FILES = {
  'generate.sql': GENERATE,
  'workload/first/read.sql': `${mustBe("session_user = 'app_rw' and current_setting('search_path') = 'shop'")}
    select id from items limit 1;`,
  'workload/second/read.sql': `${mustBe("session_user = 'app_new' and pg_has_role('app_rw', 'member')")}
    select id from shop.items limit 1;`,
  'sql/step.sql': `${mustBe("session_user = 'shop_owner'")}
    create schema later; alter table shop.items add column note text;`,
};

describe('roles of the snapshot', () => {
  it('are those that app versions, plan and commands connect as, with what the snapshot says of them', async () => {
    const plan = `  - { phase: expand, sql: sql/step.sql }
  - { phase: expand, name: command, command: 'test "$PGUSER" = shop_owner', touchesDatabase: false }
  - { phase: deploy, deploy: { to: new, over: 1s } }
planRole: shop_owner`;
    const load =
      'role: app_rw, versions: { old: workload/first, new: { workload: workload/second, role: app_new } }';
    tiny = await tinyRehearsal(plan, FILES, head(load));
    const { stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect(stdout, stderr).not.toBe('');
    const result = JSON.parse(stdout) as Result;
    expect(result.steps.map(({ name, status }) => [name, status])).toEqual([
      ['step', 'ok'],
      ['command', 'ok'],
      ['deploy new', 'ok'],
    ]);
    expect([result.errors, result.compatibility.filter(({ ok, live }) => live && !ok)]).toEqual([[], []]);
    expect(Object.entries(result.traffic).map(([version, { errors }]) => [version, errors])).toEqual([
      ['old', 0],
      ['new', 0],
    ]);
    expect(result.limits.filter((limit) => limit.includes('superuser'))).toEqual([]);
    expect(result.limits.filter((limit) => limit.includes('who owns the database'))).toHaveLength(1);
  });

  it('that are not there, or may not have as many connections, are told at once with those that are', async () => {
    const load = 'versions: { old: { workload: workload/first, role: app_rv }, new: workload/second }';
    tiny = await tinyRehearsal(
      '  - { phase: expand, sql: sql/step.sql }\nplanRole: nobody',
      FILES,
      head(load),
    );
    const { code, stderr } = await rehearse(['run', '.'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'load.versions.old: the snapshot has no role app_rv: it has app_new, app_rw, shop_owner; did you mean app_rw?',
    );
    expect(stderr).toContain('planRole: the snapshot has no role nobody');
  });
});
