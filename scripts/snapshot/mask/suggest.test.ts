import { expect, it } from 'vitest';
import { readMask } from '../../plan/mask/read-mask.ts';
import { SqlPieces } from '../text/sql-pieces.ts';
import { Masking } from './masking.ts';
import { readGreenmask } from './others/greenmask.ts';
import { rulesText, suggestRules } from './suggest.ts';

const DUMP = `create table public.people (id int, email varchar(40), name text, died boolean, vector tsvector, "Phone.no" text);
create table public.visits (who varchar(40), note text);
create table public.seats (number int, taken_by text);
copy public.people from stdin;
1\tada@mail.example\tAda\tt\t'ada@mail.example':1\t+47 900 12 345
\\.
copy public.visits from stdin;
x\tnothing
\\.
alter table public.visits add constraint v foreign key (who) references public.people (email);
alter table public.seats add constraint s foreign key (taken_by) references public.visits (who);
`;

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Promise.resolve(Buffer.from(text));
}

it('suggests rules that can be followed, the same ones along foreign keys, as a file that can be read', async () => {
  const rules = { shown: 'mask.yaml', sha256: '', columns: [], keep: [] };
  const masking = new Masking({ rules, key: { secret: 'k', id: 'k' }, shown: 'dump.sql' });
  const pieces = new SqlPieces('dump.sql', { openEnd: false }).read(bytes(DUMP));
  await masking.survey(pieces, new AbortController().signal);
  const text = rulesText(
    suggestRules({ findings: masking.findings.all, shapes: masking.shapes }),
    'dump.sql',
  );
  expect(text).toBe(`# What looks personal in dump.sql: read it, and change what you know better.
version: 1
columns:
  "public.people.\\"Phone.no\\"": scramble # telephone number, 1 of 1 values looked at
  public.people.email: email # mail address, 1 of 1 values looked at
  public.people.name: scramble # person’s name, by its name
  public.people.vector: null # mail address, 1 of 1 values looked at
  public.seats.taken_by: email # as public.visits.who, by a foreign key
  public.visits.who: email # as public.people.email, by a foreign key
# Columns that look personal and are not: they go in as they are.
keep: []
`);
  const { rules: read, mistakes } = readMask(text, 'mask.yaml', () => undefined);
  expect(mistakes).toEqual([]);
  expect(read?.columns.map(({ rule }) => rule.kind)).toEqual([
    'scramble',
    'email',
    'scramble',
    'null',
    'email',
    'email',
  ]);
});

const LABELLED = `create table public.people (id int, code text, mail varchar(40), state int, born date, note text, alive boolean);
create table public.orders (buyer text);
security label for anon on column public.people.code is 'MASKED WITH FUNCTION anon.hash(code)';
security label for anon on column public.people.state is 'MASKED WITH VALUE 7';
security label for anon on column public.people.born is 'MASKED WITH FUNCTION anon.generalize_daterange(born,''month'')';
security label for anon on column public.people.note is 'NOT MASKED';
security label for anon on column public.people.alive is 'MASKED WITH FUNCTION anon.random_in(ARRAY[true, false])';
copy public.people from stdin;
1\tk7\tada@mail.example\t3\t1815-12-10\tcall ada@mail.example\tt
\\.
alter table public.orders add constraint o foreign key (buyer) references public.people (code);
`;

it('suggests what labels of postgresql_anonymizer and a file of Greenmask ask for, where the columns bear it', async () => {
  const rules = { shown: 'mask.yaml', sha256: '', columns: [], keep: [] };
  const masking = new Masking({ rules, key: { secret: 'k', id: 'k' }, shown: 'dump.sql' });
  const pieces = new SqlPieces('dump.sql', { openEnd: false }).read(bytes(LABELLED));
  await masking.survey(pieces, new AbortController().signal);
  const greenmask = `dump: { transformation: [{ schema: public, name: people, transformers: [
    { name: SetNull, params: { column: mail } }, { name: RandomDate, params: { column: left_at } }] }] }`;
  const text = rulesText(
    suggestRules({
      findings: masking.findings.all,
      shapes: masking.shapes,
      wishes: [...masking.labels.wishes, ...readGreenmask(greenmask, 'greenmask.yml')],
    }),
    'dump.sql',
  );
  expect(text).toBe(`# What looks personal in dump.sql: read it, and change what you know better.
version: 1
columns:
  public.orders.buyer: hash # as public.people.code, by a foreign key
  public.people.alive: null # its security label for anon
  public.people.born: { generalise: month } # its security label for anon
  public.people.code: hash # its security label for anon
  public.people.mail: null # SetNull of greenmask.yml
  public.people.state: { value: "7" } # its security label for anon
# Columns that look personal and are not: they go in as they are.
keep:
  - public.people.note # its security label for anon
# The snapshot has no such columns:
#  - public.people.left_at # RandomDate of greenmask.yml
`);
  expect(readMask(text, 'mask.yaml', () => undefined).mistakes).toEqual([]);
});
