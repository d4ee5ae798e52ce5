import { expect, test } from 'vitest';
import { keepsNames } from './keeps-names.ts';

test('the names are as before behind what makes, renames and drops no relation, and only there', () => {
  const kept = (node: string, text: string): boolean => keepsNames([{ node, text }]);
  expect(kept('UpdateStmt', 'update t set a = 1')).toBe(true);
  expect(kept('AlterTableStmt', 'alter table t alter a set statistics 5')).toBe(true);
  expect(kept('AlterTableStmt', 'alter table t validate constraint c')).toBe(false);
  expect(kept('AlterTableStmt', 'alter table t add primary key using index t_new')).toBe(false);
  expect(kept('AlterTableStmt', 'alter table t drop column a')).toBe(false);
  expect(kept('RenameStmt', 'alter table t rename to u')).toBe(false);
  expect(kept('DoStmt', 'do $$ begin end $$')).toBe(false);
  expect(keepsNames([])).toBe(true);
});
