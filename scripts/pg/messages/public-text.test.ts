import { afterEach, expect, test } from 'vitest';
import { forgetNames, registerAuthorText } from './public-names.ts';
import { publicMessage } from './public-text.ts';

afterEach(forgetNames);

const told = (message: string): string => publicMessage({ code: '22023', message });

test('an option that is refused is told with the numbers of the schema, and without the last value of a sequence', () => {
  expect(told('RESTART value (4711) cannot be greater than MAXVALUE (100)')).toBe(
    'RESTART value (…) cannot be greater than MAXVALUE (100)',
  );
  expect(told('MINVALUE (5) must be less than MAXVALUE (4)')).toBe(
    'MINVALUE (5) must be less than MAXVALUE (4)',
  );
  expect(told('MAXVALUE (9999999999) is out of range for sequence data type integer')).toBe(
    'MAXVALUE (9999999999) is out of range for sequence data type integer',
  );
});

test('what the author wrote of an option is told, what code made up is not', () => {
  registerAuthorText(`alter table t set (fillfactr = 50); alter type st rename value 'dun' to 'done'`);
  expect(told('unrecognized parameter "fillfactr"')).toBe('unrecognized parameter "fillfactr"');
  expect(told('"dun" is not an existing enum label')).toBe('"dun" is not an existing enum label');
  expect(told('"Ada Lovelace" is not an existing enum label')).toBe('"…" is not an existing enum label');
});
