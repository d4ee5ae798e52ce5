import { expect, it } from 'vitest';
import { InputError, mistakeLine } from '../../../shared/errors.ts';
import { readGreenmask } from './greenmask.ts';

it('finds the nearest rule for each column that the configuration of Greenmask names', () => {
  const text = `common: { pg_bin_path: /usr/bin }
dump:
  pg_dump_options: { dbname: "host=db user=\${DB_USER}" }
  transformation:
    - schema: shop
      name: people
      transformers:
        - name: RandomEmail
          params: { column: mail, engine: hash }
        - { name: RandomPerson, params: { columns: [{ name: first, template: "{{ .FirstName }}" }, { name: last }] } }
        - { name: Masking, params: { column: other, type: email } }
        - { name: Hash, params: { column: passport } }
    - name: notes
      transformers:
        - { name: SetNull, params: { column: body } }
        - { name: Replace, params: { column: state, value: 7 } }
        - { name: TemplateRecord, params: { columns: [a, b], template: x } }
    - { schema: shop, name: left_alone }
`;
  const wishes = readGreenmask(text, 'greenmask.yml');
  expect(wishes.map(({ at, rule, why }) => [Object.values(at).join('.'), rule, why])).toEqual([
    ['shop.people.mail', { kind: 'email' }, 'RandomEmail of greenmask.yml'],
    ['shop.people.first', { kind: 'scramble' }, 'RandomPerson of greenmask.yml'],
    ['shop.people.last', { kind: 'scramble' }, 'RandomPerson of greenmask.yml'],
    ['shop.people.other', { kind: 'email' }, 'Masking of greenmask.yml'],
    ['shop.people.passport', { kind: 'hash' }, 'Hash of greenmask.yml'],
    ['public.notes.body', { kind: 'null' }, 'SetNull of greenmask.yml'],
    ['public.notes.state', { kind: 'value', text: '7' }, 'Replace of greenmask.yml'],
    ['public.notes.a', { kind: 'scramble' }, 'TemplateRecord of greenmask.yml'],
    ['public.notes.b', { kind: 'scramble' }, 'TemplateRecord of greenmask.yml'],
  ]);
});

function mistakesOf(text: string): string[] {
  try {
    readGreenmask(text, 'greenmask.yml');
  } catch (error) {
    if (error instanceof InputError) return error.mistakes.map(mistakeLine);
    throw error;
  }
  return [];
}

it('tells every mistake of it with its line', () => {
  const text = `dump:
  transformation:
    - name: people
      transformers:
        - { name: RandomEmail }
        - { name: Hash, params: { colum: x } }
`;
  const names = 'names no column under params.column or params.columns';
  expect(mistakesOf(text)).toEqual([
    `greenmask.yml:5 dump.transformation[0].transformers[0]: RandomEmail ${names}`,
    `greenmask.yml:6 dump.transformation[0].transformers[1]: Hash ${names}`,
  ]);
  expect(mistakesOf('dump: { transformation: 7 }')).toEqual([
    'greenmask.yml:1 dump.transformation: Invalid input: expected array, received number',
  ]);
  expect(mistakesOf('- 1: [')[0]).toMatch(/^greenmask\.yml:1 /);
});
