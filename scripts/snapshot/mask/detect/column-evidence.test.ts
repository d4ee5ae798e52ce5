import { describe, expect, it } from 'vitest';
import { columnType, recordType } from '../columns/column-type.ts';
import { ColumnEvidence, type Evidence } from './column-evidence.ts';

function evidence(
  column: string,
  values: readonly string[],
  type = 'text',
  table = 'things',
): Evidence | undefined {
  const gathered = new ColumnEvidence({ table, column, type: columnType(type, false), isLabelled: false });
  for (const value of values) gathered.see(value);
  return gathered.verdict();
}

const dull = Array.from({ length: 99 }, (_, n) => `part ${n} of 1.2.3`);

describe('what looks personal', () => {
  it.each([
    ['email', 'text', 'mail address'],
    ['billingEmail', 'varchar', 'mail address'],
    ['phone_number', 'int8', 'telephone number'],
    ['First Name', 'text', 'person’s name'],
    ['Straße', 'text', 'postal address'],
    ['date_of_birth', 'date', 'date of birth'],
    ['password_digest', 'text', 'credential'],
    ['last_ip', 'inet', 'network address'],
    ['prénom', 'text', 'person’s name'],
    ['address2', 'text', 'postal address'],
  ])('%s of type %s does by its name: %s', (column, type, kind) => {
    expect(evidence(column, [], type)).toMatchObject({ kind, why: 'by its name' });
  });

  it.each([
    ['email_verified', 'bool'],
    ['password_changed_at', 'timestamptz'],
    ['name', 'text'],
    ['description', 'text'],
    ['shipped', 'date'],
    ['position', 'int4'],
    ['pinned', 'text'],
  ])('%s of type %s does not', (column, type) => {
    expect(evidence(column, dull, type)).toBeUndefined();
  });

  it('a plain name does where the table is one of people', () => {
    expect(evidence('name', [], 'text', 'app_users')?.kind).toBe('person’s name');
    expect(evidence('name', [], 'text', 'products')).toBeUndefined();
  });

  it.each([
    ['mail address', ['call ada@mail.example, she knows']],
    ['credential', [`$2b$10$${'a'.repeat(53)}`]],
    ['bank account or card', ['GB82 WEST 1234 5698 7654 32', 'DE89370400440532013000']],
    ['telephone number', ['ring +47 900 12 345 after noon']],
  ])('a %s among a hundred values does', (kind, values) => {
    expect(evidence('a', [...dull, ...values])?.kind).toBe(kind);
  });

  it.each([
    ['bank account or card', 'int8', ['4111111111111111', '5500005555555559']],
    ['identity number', 'text', ['219-09-9999', '078-05-1120']],
    ['telephone number', 'text', ['030 901820', '(212) 555-0123']],
    ['network address', 'text', ['203.0.113.7', '2001:db8::7']],
    ['person’s name', 'text', ['Maria da Silva', 'Smith, John', 'Zaphod B']],
  ])('values that are each a %s (%s) do', (kind, type, values) => {
    expect(evidence('a', values, type)?.kind).toBe(kind);
  });

  it('a key of JSON does', () => {
    expect(evidence('payload', ['{"id": 7, "customer": {"firstName": "x"}}'], 'jsonb')).toEqual({
      kind: 'person’s name',
      why: 'by a key in it',
      isWhole: false,
    });
    expect(evidence('payload', ['{"id": 7, "kind": "x"}'], 'jsonb')).toBeUndefined();
  });

  it('a key of hstore, a name in XML, an attribute of a row and a text in bytes do', () => {
    expect(evidence('payload', ['"first_name"=>"x"'], 'hstore')?.why).toBe('by a key in it');
    expect(evidence('payload', ['<who first_name="x"/>'], 'xml')?.why).toBe('by a key in it');
    expect(evidence('payload', ['<address>x</address>'], 'xml')?.why).toBe('by a key in it');
    expect(evidence('page', ['<address>x</address>'])).toBeUndefined();
    const bytes = `\\x${Buffer.from('mail ada@mail.example').toString('hex')}`;
    expect(evidence('payload', [bytes], 'bytea')?.kind).toBe('mail address');
    const type = recordType('public.p', [{ name: 'street', type: columnType('text', false) }]);
    const gathered = new ColumnEvidence({ table: 'things', column: 'a', type, isLabelled: false });
    expect(gathered.verdict()).toEqual({
      kind: 'postal address',
      why: 'by its attribute street',
      isWhole: false,
    });
  });

  it('numbers in order, versions and prose do not', () => {
    expect(
      evidence(
        'a',
        Array.from({ length: 100 }, (_, n) => String(4_000_000_000_000_000 + n)),
        'int8',
      ),
    ).toBeUndefined();
    expect(evidence('a', dull)).toBeUndefined();
    expect(evidence('a', ['2020-01-01', '17.50', 'SKU-0017', 'f3a9', 'Blue jacket, size M'])).toBeUndefined();
  });
});
