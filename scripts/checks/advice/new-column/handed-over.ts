import { bareName, newName, quoted } from '../../../pg/sql/statement-tree.ts';
import { dropSync } from '../sync-trigger.ts';
import { ended, oneLine, syncName, type NewColumn } from './column.ts';

/** The short transaction in which the new column gets what only one column can have, and the old one goes. */
export function handedOver(column: NewColumn): string[] {
  const { moved, table, takesName } = column;
  const [old, fresh] = [quoted(moved.column), quoted(moved.fresh)];
  const { referring, statistics } = moved;
  return [
    'begin;',
    "set local lock_timeout = '500ms'; -- on error 55P03 (lock_not_available): roll back, and try all of it again",
    `lock table ${table} in access exclusive mode;`,
    ...dropSync(table, syncName(column)),
    ...generated(column),
    ...referring.map((key) => `alter table ${key.table} drop constraint ${quoted(key.name)};`),
    ...(takesName ? moved.views.toReversed().map(({ name }) => `drop view ${name};`) : []),
    ...moved.triggers.map(({ name }) => `drop trigger ${name} on ${table};`),
    ...(takesName ? [] : moved.views.map(({ sql }) => `create or replace view ${ended(sql)}`)),
    ...moved.policies.map(ended),
    `alter table ${table} drop column ${old};`,
    ...moved.sequenceGrants.map(ended),
    ...statistics.map(ended),
    ...moved.triggers.map(({ sql }) => ended(sql)),
    ...keysAndNames(column),
    ...(takesName ? moved.views.flatMap((view) => viewAgain(view)) : []),
    ...referring.map(
      (key) => `alter table ${key.table} add constraint ${quoted(key.name)} ${oneLine(key.sql)} not valid;`,
    ),
    ...(takesName ? [`alter table ${table} rename column ${fresh} to ${old};`] : []),
    'commit;',
    ...referring
      .filter(({ isValid }) => isValid)
      .map((key) => `alter table ${key.table} validate constraint ${quoted(key.name)};`),
    ...(statistics.length === 0 ? [] : [`analyze ${table};`]),
  ];
}

/** Default, identity and the ownership of the sequence: not before the trigger is gone, which fills what has no value. */
function generated({ moved, table, type, takesName }: NewColumn): string[] {
  const fresh = quoted(moved.fresh);
  const { sequence, identity } = moved;
  if (identity !== null && sequence !== null) {
    const before = former(sequence);
    return [
      `alter sequence ${sequence} rename to ${before.name}; -- no value is drawn from it any more`,
      `alter table ${table} alter column ${fresh} add generated ${identity.replace('(', `(sequence name ${sequence} `)};`,
      `select setval(${literal(sequence)}, last_value, is_called) from ${before.spelled};`,
    ];
  }
  return [
    ...(moved.default === null
      ? []
      : [`alter table ${table} alter column ${fresh} set default ${moved.default};`]),
    ...(sequence === null || !takesName ? [] : [`alter sequence ${sequence} as ${type};`]),
    ...(sequence === null ? [] : [`alter sequence ${sequence} owned by ${table}.${fresh};`]),
  ];
}

/** The names that indexes and constraints had; a key takes over its index under the name of the constraint. */
function keysAndNames({ moved, table }: NewColumn): string[] {
  const schema = table.includes('.') ? `${table.slice(0, table.lastIndexOf('.'))}.` : '';
  return [
    ...moved.indexes.flatMap(({ name, fresh, key, isReplicaIdentity }) => [
      key === null
        ? `alter index ${schema}${quoted(fresh)} rename to ${quoted(name)};`
        : `alter table ${table} add constraint ${quoted(name)} ${key.kind} using index ${quoted(fresh)}${key.deferrable};`,
      ...(isReplicaIdentity ? [`alter table ${table} replica identity using index ${quoted(name)};`] : []),
    ]),
    ...moved.constraints.map(
      ({ name, fresh }) => `alter table ${table} rename constraint ${quoted(fresh)} to ${quoted(name)};`,
    ),
  ];
}

function viewAgain({ name, sql, owner, grants }: NewColumn['moved']['views'][number]): string[] {
  return [`create view ${ended(sql)}`, `alter view ${name} owner to ${owner};`, ...grants.map(ended)];
}

/** Of a sequence that makes room for another of its name: `s_old` and `app.s_old`. @param sequence `app.s`, quoted where it must be */
function former(sequence: string): { name: string; spelled: string } {
  const [, schema = '', last = sequence] = /^((?:"(?:[^"]|"")*"|[^".]+)\.)?(.*)$/s.exec(sequence) ?? [];
  const name = newName(bareName(last), 'old');
  return { name, spelled: `${schema}${name}` };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
