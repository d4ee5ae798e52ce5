/** Stands in every value that is personal; long and not compressible, so that a search over files finds it. */
export const CANARY = 'Qz7Lovelace';

export const SCHEMA = `
create domain public.mail as text check (value ~ '@');
create table public.people (id int primary key, email varchar(60) not null unique, name text, tel text, born date,
  seen timestamptz, addresses inet, tags text[], document jsonb, secret uuid, note text, code int);
create index on public.people (lower(email));
insert into public.people select i, '${CANARY}' || i || '@mail.example', '${CANARY} ' || i, '+47 900 ' || 10000 + i, date '1970-01-01' + i,
  timestamptz '2020-01-01 10:00Z' + i * interval '1 h', inet '203.0.113.0' + i, array['${CANARY}', 'a,"b\\' || i, null],
  jsonb_build_object('first_name', '${CANARY}', 'n', array[i, null]), md5(i::text)::uuid, case when i % 2 = 0 then E'\\t${CANARY}\\\\N\\n' || i end, i
  from generate_series(1, 3000) i;
create table public.visits (email varchar(60) references public.people (email), at date, host text) partition by range (at);
create table public.visits_old partition of public.visits for values from (minvalue) to ('2021-01-01');
create table public.visits_new partition of public.visits for values from ('2021-01-01') to (maxvalue);
insert into public.visits select '${CANARY}' || i || '@mail.example', date '2020-06-01' + i % 400, '${CANARY}' from generate_series(1, 3000) i;
create extension hstore;
create type public.place as (street text, zip int);
create domain public.label as text;
create table public.wares (id int primary key, h hstore, p public.place, ps public.place[], l public.label not null, ls public.label[],
  raw bytea, raws bytea[], x xml, big text, shout text generated always as (upper(l)) stored);
insert into public.wares select i, hstore(array['first_name', 'none'], array['${CANARY}" ' || i, null]), row('${CANARY} "(', i)::public.place, array[row('${CANARY}, 1', 7)]::public.place[],
  '${CANARY} ' || i, array['${CANARY}', 'b "c'], convert_to('${CANARY} \u00e9 ' || i, 'UTF8'), array[convert_to('${CANARY}', 'UTF8')], '<who first_name="${CANARY}"/>',
  '${CANARY}' || (select string_agg(md5(i::text || k), '') from generate_series(1, 200) k) from generate_series(1, 500) i;
alter database shop set bytea_output to escape;
create table public.parts (id int primary key, label text);
insert into public.parts select i, 'part ' || i from generate_series(1, 50) i;
`;

export const RULES = `version: 1
columns:
  people.email: email
  people.name: scramble
  people.tel: scramble
  people.born: { generalise: year }
  people.seen: scramble
  people.addresses: scramble
  people.tags: scramble
  people.document: scramble
  people.secret: hash
  people.note: scramble
  visits.email: email
  visits.host: { value: gone }
  wares.h: scramble
  wares.p: scramble
  wares.ps: scramble
  wares.l: scramble
  wares.ls: scramble
  wares.raw: scramble
  wares.raws: scramble
  wares.x: null
  wares.big: scramble
`;
