import { expect, it } from 'vitest';
import { namedRoles } from './archive-roles.ts';

it('finds every role that a schema names, and what only a superuser may own', async () => {
  const sql = String.raw`\restrict abc
set default_tablespace = '';
create table t (id int);
alter table t owner to shop_owner;
alter event trigger e owner to "Odd ""admin""";
create policy p on t to shop_reader, public using (true);
create user mapping for shop_mapped server s options (password 'create role shop_no');
grant select on t to shop_granted with grant option granted by shop_granter;
alter default privileges for role shop_default in schema public grant select on tables to shop_default_reader;
comment on table t is 'for role shop_no';
\unrestrict abc
`;
  const { roles, superusers } = await namedRoles(sql);
  expect([...roles].sort()).toEqual([
    'Odd "admin"',
    'shop_default',
    'shop_default_reader',
    'shop_granted',
    'shop_granter',
    'shop_mapped',
    'shop_owner',
    'shop_reader',
  ]);
  expect([...superusers]).toEqual(['Odd "admin"']);
});
