import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaskRule } from '../../../plan/mask/mask-rules.ts';
import { decodeField, encodeField } from '../copy-field.ts';
import { Scramble } from '../scramble.ts';
import { columnType, recordType } from './column-type.ts';
import { maskerOf, whyNot } from './masker-of.ts';

const scramble = new Scramble('k'.repeat(64));
const SCRAMBLE: MaskRule = { kind: 'scramble' };

function masked(
  type: string,
  value: string,
  rule: MaskRule = SCRAMBLE,
  isArray = false,
  limit?: number,
): string | null {
  return maskerOf(rule, columnType(type, isArray, limit), scramble)(value);
}

describe('masking a value', () => {
  it.each([
    ['int4', '2147483646', /^\d{10}$/],
    ['int2', '-32767', /^-\d{5}$/],
    ['int8', '4111111111111111', /^[1-9]\d{15}$/],
    ['numeric', '0.0500', /^0\.0[1-9]\d\d$/],
    ['float8', '-1.5e+20', /^-[1-9]\.\de\+20$/],
    ['uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['bytea', '\\xdeadbeef', /^\\x[0-9a-f]{8}$/],
    ['bytea', 'Ada\\000\\\\', /^\\x[0-9a-f]{10}$/],
    ['macaddr', '08:00:2b:01:02:03', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/],
    ['inet', '203.0.113.7/24', /^\d+\.\d+\.\d+\.\d+\/24$/],
    ['inet', '::ffff:203.0.113.7', /^::ffff:\d+\.\d+\.\d+\.\d+$/],
    ['inet', '2001:db8::7', /^[0-9a-f]{4}:[0-9a-f]{3}::[0-9a-f]$/],
    ['date', '1984-02-29', /^1984-\d\d-\d\d$/],
    ['timestamptz', '2020-05-17 10:11:12.123+02', /^2020-\d\d-\d\d 10:[0-5]\d:[0-5]\d\.\d{3}\+02$/],
    ['text', 'Ada Lovelace', /^[A-Z][a-z]{2} [A-Z][a-z]{7}$/],
  ])('another %s of the same shape for %s', (type, value, shape) => {
    const made = masked(type, value);
    expect(made).toMatch(shape);
    expect(made).not.toBe(value);
  });

  it('moves every value of a single place, whatever the key', () => {
    for (let key = 0; key < 300; key += 1) {
      const own = new Scramble(String(key).padStart(64, '0'));
      for (const value of ['M', 'F', '7'])
        expect(maskerOf(SCRAMBLE, columnType('text', false), own)(value)).not.toBe(value);
    }
  });

  it.each([
    ['bytea', 'John Smith,\tWollzeile 12', SCRAMBLE],
    ['hstore', 'name=>Ada', SCRAMBLE],
    ['date', '17.05.1980', SCRAMBLE],
    ['timestamptz', '05/17/1980 10:00:00', { kind: 'generalise', to: 'year' }],
  ] as const)('lets no %s go on that is not written as pg_dump writes it', (type, value, rule) => {
    expect(() => masked(type, value, rule)).toThrow(/^[^\d]*(8601)?$/);
    expect(masked('date', '-infinity')).toBe('-infinity');
  });

  it('keeps integers within their type, and apart', () => {
    const made = new Set(Array.from({ length: 5000 }, (_, n) => masked('int2', String(27_768 + n))));
    expect(made.size).toBe(5000);
    for (const each of made) expect(Number(each)).toBeLessThanOrEqual(32_767);
  });

  it('keeps the days of a year apart, and all of them days', () => {
    const days = Array.from({ length: 366 }, (_, n) =>
      new Date(Date.UTC(2000, 0, 1 + n)).toISOString().slice(0, 10),
    );
    const made = new Set(days.map((day) => masked('date', day)));
    expect([...made].sort()).toEqual(days);
  });

  it('replaces strings and numbers of JSON, whatever their escapes, and keeps its keys', () => {
    const json =
      '{"name": "Ada \\"L\\"\\n", "tel": 90012345, "ok": true, "none": null, "in": [{"a:b": "x"}, "y:"], "\\u00e9": "\\u00e9"}';
    const made = JSON.parse(masked('jsonb', json) ?? '') as Record<string, unknown>;
    expect(Object.keys(made)).toEqual(['name', 'tel', 'ok', 'none', 'in', 'é']);
    expect(made).toMatchObject({ ok: true, none: null });
    expect(JSON.stringify(made)).not.toMatch(/Ada|90012345/);
    expect(made['name']).toMatch(/^[A-Z][a-z]{2} "[A-Z]"\n$/);
    expect(String(made['tel'])).toHaveLength(8);
  });

  it('replaces the elements of arrays', () => {
    const made = masked('text', '[0:3]={{NULL,"Ada, \\"L\\"","",Ada}}', SCRAMBLE, true);
    expect(made).toMatch(/^\[0:3\]=\{\{NULL,"[A-Z][a-z]{2}, \\"[A-Z]\\"","",[A-Z][a-z]{2}\}\}$/);
    expect(made).not.toContain('Ada');
  });

  it('replaces the attributes of a row and the values of an hstore, and leaves what is NULL so', () => {
    const inner = recordType('public.inner', [{ name: 'a', type: columnType('text', false) }]);
    const person = recordType('public.person', [
      { name: 'name', type: columnType('text', false) },
      { name: 'zip', type: columnType('int4', false) },
      { name: 'nick', type: columnType('text', true) },
      { name: 'in', type: inner },
      { name: 'none', type: columnType('text', false) },
      { name: 'empty', type: columnType('text', false) },
    ]);
    const made = maskerOf(
      SCRAMBLE,
      person,
      scramble,
    )('("Ada ""L\\\\"", x",12345,"{""A,b"",NULL}","(""Ada, x"")",,"")');
    expect(made).toMatch(
      /^\("[A-Z][a-z]{2} ""[A-Z]\\\\"", [a-z]",[1-9]\d{4},"\{""[A-Z],[a-z]"",NULL\}","\(""[A-Z][a-z]{2}, [a-z]""\)",,""\)$/,
    );
    expect(made).not.toMatch(/Ada|12345/);
    for (const other of ['(Ada)', '(Ada,1,,,,,)', '(Ada,1,,,,""x")', 'Ada'])
      expect(() => maskerOf(SCRAMBLE, person, scramble)(other)).toThrow(/^a row /);
    expect(masked('hstore', '"na\\"me"=>"Ada \\"L", "b"=>NULL')).toMatch(
      /^"na\\"me"=>"[A-Z][a-z]{2} \\"[A-Z]", "b"=>NULL$/,
    );
  });

  it('makes mail addresses that reach nobody, within the length of their column', () => {
    expect(masked('text', 'ada@mail.example', { kind: 'email' })).toMatch(
      /^[a-z]{3}@[a-z]{4}\.[a-z]{7}\.test$/,
    );
    const short = masked('varchar', 'ada.lovelace@mail.example', { kind: 'email' }, false, 26);
    expect(short).toMatch(/^[0-9a-f]{19}@x\.test$/);
  });

  it('follows the other rules', () => {
    expect(masked('text', 'Ada', { kind: 'hash' })).toMatch(/^[0-9a-f]{32}$/);
    expect(masked('uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', { kind: 'hash' })).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    expect(masked('varchar', 'Ada', { kind: 'hash' }, false, 5)).toHaveLength(5);
    expect(masked('text', 'Ada', { kind: 'null' })).toBeNull();
    expect(masked('text', 'Ada', { kind: 'value', text: 'gone' })).toBe('gone');
    expect(masked('timestamptz', '2020-05-17 10:11:12.5+00', { kind: 'generalise', to: 'month' })).toBe(
      '2020-05-01 00:00:00+00',
    );
    expect(masked('date', '2020-05-17', { kind: 'generalise', to: 'year' })).toBe('2020-01-01');
    expect(masked('int4', '-17', { kind: 'round', to: 10 })).toBe('-20');
    expect(masked('numeric', '17.38', { kind: 'round', to: 0.5 })).toBe('17.0');
  });

  it('says where a rule does not suit a type', () => {
    expect(whyNot(SCRAMBLE, columnType('tsvector', false))).toBe(
      'scramble cannot be done to a column of type tsvector; write null',
    );
    const record = recordType('public.p', [{ name: 'words', type: columnType('tsvector', false) }]);
    expect(whyNot(SCRAMBLE, record)).toBe(
      'scramble cannot be done to a column of type public.p, of which words would stay; write null',
    );
    expect(whyNot({ kind: 'email' }, columnType('int4', false))).toBe(
      'email cannot be done to a column of type integer; write scramble or null',
    );
    expect(whyNot(SCRAMBLE, columnType('varchar', true, 40))).toBeUndefined();
  });

  it('writes what COPY reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const valid = Buffer.from(text).toString();
        const field = encodeField(valid);
        expect(field).not.toMatch(/[\t\n\r]/);
        expect(decodeField(field)).toBe(valid);
      }),
    );
    expect(decodeField('a\\x41\\101\\q\\\\N')).toBe('aAAq\\N');
  });
});
