import { afterEach, expect, test } from 'vitest';
import { failedFunction } from './failed-function.ts';
import { forgetNames, registerNames } from './public-names.ts';

afterEach(forgetNames);

test.each([
  ['PL/pgSQL function companies_search() line 1 at assignment', 'companies_search'],
  ['PL/pgSQL function app.note_of(integer,text) line 3 at RETURN', 'app.note_of'],
  ['PL/pgSQL function app.note_of(integer) during function entry', 'app.note_of'],
  [
    'SQL statement "insert into audit values (1)"\nPL/pgSQL function "Audit row"() line 2 at SQL statement',
    '"Audit row"',
  ],
  ['SQL function "note_of" statement 1', 'note_of'],
  ['SQL function "note_of" during inlining', 'note_of'],
  ['compilation of PL/pgSQL function "note_of" near line 2', 'note_of'],
  ['PL/pgSQL function note_of(integer) line 1 at RETURN\nPL/pgSQL function audit() line 2', 'note_of'],
  ['PL/pgSQL function inline_code_block line 1 at SQL statement', undefined],
  ['PL/pgSQL function ada_lovelace() line 1 at RETURN', undefined],
  ['COPY items, line 4', undefined],
  [undefined, undefined],
])('of %j it tells %s', (where, name) => {
  registerNames(['app', 'companies_search', 'note_of', 'audit', 'Audit row']);
  expect(failedFunction(where)).toBe(name);
});
