/** One rename in two ways, of which the first leaves the old version without its column. */
export const TWO_PLANS = `plans:
  at-once:
    - { phase: switch, name: rename, sql: sql/rename.sql, rollback: sql/rename-undo.sql }
    - { phase: deploy, name: out, deploy: { to: new, strategy: blue-green } }
  in-steps:
    - { phase: expand, name: add, sql: sql/add.sql, rollback: sql/undo.sql }
    - { phase: backfill, name: fill, backfill: { table: customers, key: id, set: full_name = name, where: full_name is null } }
    - { phase: deploy, name: out, deploy: { to: new, strategy: blue-green } }
    - { phase: contract, name: drop, sql: sql/drop.sql, pointOfNoReturn: true }`;

export const FILES_OF_TWO_PLANS = {
  'sql/rename.sql': 'alter table customers rename column name to full_name;',
  'sql/rename-undo.sql': 'alter table customers rename column full_name to name;',
  // The old version goes on writing names until the new one is out: only a trigger keeps up with it.
  'sql/add.sql': `alter table customers add column full_name text;
create function keep_full_name() returns trigger language plpgsql as $$ begin new.full_name := new.name; return new; end $$;
create trigger keep_full_name before insert or update of name on customers for each row execute function keep_full_name();`,
  'sql/undo.sql': `drop trigger keep_full_name on customers;
drop function keep_full_name;
alter table customers drop column full_name;`,
  'sql/drop.sql': `drop trigger keep_full_name on customers;
drop function keep_full_name;
alter table customers drop column name;`,
};
