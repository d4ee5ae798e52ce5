import { expect, test } from 'vitest';
import { nameAfter } from './ask.ts';
import { generatorText } from './dump-text.ts';

test.each([
  ['20261101120000_add_phone', 'add-phone'],
  ['V1.2__Add_Phone', 'add-phone'],
  ['R__views', 'views'],
  ['001.do.add-phone', 'add-phone'],
  ['0003_wide_hulk', 'wide-hulk'],
  ['2026-11-01-120000_add_phone', 'add-phone'],
  ['reviews', 'reviews'],
  ['12', 'newest-migration'],
])('a rehearsal of %s is called %s', (migration, name) => {
  expect(nameAfter(migration)).toBe(name);
});

test('a dump of tables without rows becomes SQL that a generator can run', () => {
  const dump =
    '\\restrict abc\ncreate table t (id int);\nCOPY public.t (id) FROM stdin;\n\\.\n\\unrestrict abc\n';
  expect(generatorText(dump)).toBe('\ncreate table t (id int);\n\n');
});
