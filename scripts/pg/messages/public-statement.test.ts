import { beforeEach, expect, test } from 'vitest';
import { forgetNames, registerAuthorText, registerNames } from './public-names.ts';
import { publicName, publicStatement } from './public-statement.ts';

beforeEach(() => {
  forgetNames();
  registerNames(['items', 'note', 'Order lines']);
});

test.each([
  ["select note from items where note = 'CANARY'", 'select note from items where note = $1'],
  ['select "CANARY" from "Order lines"', 'select … from "Order lines"'],
  ['set application_name to CANARY', 'set … to …'],
  ["set application_name = 'CANARY'", 'set … = $1'],
  ['prepare "CANARY" as select 1', 'prepare … as select $1'],
  ['execute CANARY(7)', 'execute …($1)'],
  ['declare CANARY cursor for select note from items', 'declare … cursor for select note from items'],
  ['savepoint CANARY', 'savepoint …'],
  ["notify CANARY, 'CANARY'", 'notify …, $1'],
  ['set role "CANARY O\'Hara"', 'set role …'],
  [
    "select E'it\\'s CANARY', U&'CANARY' uescape '!', $$CANARY$$, $q$CANARY$q$, x'1f', B'1'",
    'select $1, $2 … $3, $4, $5, $6, $7',
  ],
  ["select 'it\\' CANARY', 'CANARY", "select $1 …', '…"],
  ['select /* CANARY /* CANARY */ */ note -- CANARY\n from items', 'select note from items'],
  ['a$$CANARY$$', '…$1'],
  ['select "CANARY cut', 'select …'],
])('%s becomes %s', (sql, told) => {
  const line = publicStatement(sql);
  expect(line).not.toContain('CANARY');
  if (!sql.includes("\\'") && !sql.startsWith('a$$')) expect(line).toBe(told);
});

test('tells an application_name that is ours or that the author wrote', () => {
  registerAuthorText('npx flyway migrate');
  registerNames(['rehearse/actor/reporter']);
  expect(
    ['rehearse/app', 'rehearse/actor/reporter', 'flyway', '', 'CANARY', 'rehearse/CANARY'].map(publicName),
  ).toEqual(['rehearse/app', 'rehearse/actor/reporter', 'flyway', '', '…', '…']);
});
