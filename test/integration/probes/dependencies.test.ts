import { beforeEach, expect, test } from 'vitest';
import type {
  DependencyChange,
  ScriptPlan,
} from '../../../scripts/artifacts/records/of-plan/dependency-records.ts';
import { parseWorkload } from '../../../scripts/load/scripts/parse-workload.ts';
import type { ParsedScript } from '../../../scripts/load/scripts/script.ts';
import type { AppScripts } from '../../../scripts/probes/app-sessions.ts';
import { DependencyWatch } from '../../../scripts/probes/schema-watch/dependencies/dependency-watch.ts';
import { ownDatabase } from '../../support/database/own-database.ts';

const own = ownDatabase();
beforeEach(async () => {
  await own.setup.query(`drop table if exists links, folders cascade;
    create table folders (id int primary key);
    create table links (id int primary key, url varchar(80) not null, folder_id int, seen int);
    insert into links select i, md5(i::text), i % 100 from generate_series(1, 20000) i;
    create index links_url on links (url);
    create or replace function bare(t text) returns text immutable language sql as 'select lower(t)';
    create or replace function fire() returns trigger language plpgsql as 'begin return new; end';
    create index links_bare on links (bare(url));
    create index links_folder on links (folder_id) where folder_id is not null;
    insert into folders select generate_series(0, 1999);
    drop publication if exists lake; create publication lake for table links;
    analyze`);
});

const SCRIPTS = {
  newest: 'select id from links where url = :u order by id desc limit 1;',
  remove: 'begin;\ndelete from folders where id = :n;\ncommit;',
  odd: 'set work_mem = 1000;\nselect * from nowhere;',
};

function scripts(): ParsedScript[] {
  return Object.entries(SCRIPTS).map(([name, text]) => {
    const sets = '\\set u random(1, 9)\n\\set n random(1, 9)\n';
    const parsed = parseWorkload({ name, path: `${name}.sql`, text: sets + text }, `${name}.sql`);
    if ('mistakes' in parsed) throw new Error(parsed.mistakes[0]?.message);
    return parsed.script;
  });
}

function app(): AppScripts {
  return {
    versions: [{ name: 'old', scripts: scripts() }],
    logins: new Map([['old', own.database.endpoint]]),
  };
}

/** What the watch says of the SQL of a step. */
async function looked(sql: string): Promise<{
  first: readonly ScriptPlan[];
  plans: readonly ScriptPlan[];
  changes: readonly DependencyChange[];
}> {
  const watch = new DependencyWatch(own.database.endpoint, app());
  const { plans: first, changes: none } = await watch.look();
  expect(none).toEqual([]);
  for (const statement of sql.split(';')) await own.setup.query(statement);
  return { first, ...(await watch.look()) };
}

test('the plans of scripts are told once, and again where they are other ones', async () => {
  const { first, plans, changes } = await looked('alter table links alter column url type varchar(100)');
  expect(first.map(({ script, statement, line, text }) => [script, statement, line, text])).toEqual([
    ['newest', 1, 3, 'Limit > Sort > Index Scan using links_url on links'],
    ['remove', 2, 4, 'Delete on folders > Index Scan using folders_pkey on folders'],
  ]);
  expect(first[1]).toMatchObject({
    relations: ['public.folders'],
    indexes: ['folders_pkey'],
    writes: [{ relation: 'public.folders', operation: 'delete' }],
  });
  expect(plans.map(({ script, text }) => [script, text])).toEqual([
    ['newest', 'Limit > Index Scan Backward using links_pkey on links'],
  ]);
  expect(changes).toContainEqual({ kind: 'statistics-gone', table: 'public.links', columns: ['url'] });
});

test.each<[string, string, DependencyChange]>([
  [
    'an index that fell with its column',
    'alter table links drop column url',
    { kind: 'index-gone', index: { ...INDEX('links_url', ['url']) } },
  ],
  [
    'a new index',
    'create index links_seen on links (seen)',
    { kind: 'index-made', index: INDEX('links_seen', ['seen']) },
  ],
  [
    'a foreign key without an index',
    'alter table links add constraint links_seen_fk foreign key (seen) references folders on delete cascade not valid',
    { kind: 'key-unindexed', key: KEY('links_seen_fk', 'seen') },
  ],
  [
    'a foreign key whose index fell',
    'alter table links add constraint links_fk foreign key (folder_id) references folders; drop index links_folder',
    { kind: 'key-unindexed', key: KEY('links_fk', 'folder_id') },
  ],
  [
    'a trigger for each row',
    'create trigger t before insert or update on links for each row execute function fire()',
    {
      kind: 'trigger-made',
      trigger: { name: 't', table: 'public.links', function: 'fire', events: ['insert', 'update'] },
    },
  ],
  [
    'a function under an index',
    `create or replace function bare(t text) returns text immutable language sql as 'select upper(t)'`,
    { kind: 'function-changed', name: 'bare', indexes: ['links_bare'] },
  ],
  [
    'a column of a published table',
    'alter table links add column note text, alter column seen type bigint',
    {
      kind: 'published-changed',
      table: 'public.links',
      publications: ['lake'],
      added: ['note'],
      dropped: [],
      retyped: ['seen'],
    },
  ],
  [
    'statistics of a table that was made anew',
    'create table copy (like links including all); drop table links; alter table copy rename to links',
    { kind: 'statistics-gone', table: 'public.links', columns: ['id', 'url', 'folder_id', 'seen'] },
  ],
])('%s is told', async (_, sql, change) => {
  expect((await looked(sql)).changes).toContainEqual(change);
});

test.each([
  ['an ANALYZE in the same step', 'alter table links alter column url type varchar(100); analyze links'],
  ['a foreign key with its index', 'alter table links add foreign key (folder_id) references folders'],
  ['a rewrite', 'vacuum full links'],
  [
    'a function whose index was built anew',
    `create or replace function bare(t text) returns text immutable language sql as 'select upper(t)'; reindex index links_bare`,
  ],
  ['a renamed index', 'alter index links_url rename to links_of'],
  ['a reindex', 'reindex table concurrently links'],
])('%s changes nothing that a script leans on', async (_, sql) => {
  const { changes } = await looked(sql);
  expect(changes.filter(({ kind }) => kind !== 'published-changed' && kind !== 'function-applied')).toEqual(
    [],
  );
});

test('a lock that somebody keeps does not hold the look up', async () => {
  await own.setup.query('begin; lock table links');
  const watch = new DependencyWatch(own.database.endpoint, app());
  const { plans } = await watch.look();
  expect(plans.map(({ script }) => script)).toEqual(['remove']);
  await own.setup.query('rollback');
});

function INDEX(name: string, columns: string[]): Extract<DependencyChange, { kind: 'index-made' }>['index'] {
  return { name, table: 'public.links', columns, isUnique: false, isPartial: false };
}

function KEY(name: string, column: string): Extract<DependencyChange, { kind: 'key-unindexed' }>['key'] {
  return { name, table: 'public.links', columns: [column], refersTo: 'public.folders', referred: ['id'] };
}
