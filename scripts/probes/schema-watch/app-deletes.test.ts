import { expect, test } from 'vitest';
import { AppDeletes } from './app-deletes.ts';
import type { TableStock } from './table-stock.ts';

const looked = (deletedRows: number): ReadonlyMap<number, TableStock> =>
  new Map([[1, { deletedRows } as TableStock]]);

test('the app may delete twice as fast as it did, and ten rows wherever a script deletes at all', () => {
  const none = new AppDeletes([{ scripts: [{ text: 'select 1', constant: 5n }] }]);
  expect(none.within(1, 5000)).toBe(0);
  none.learn(looked(0), looked(20), 2000);
  none.learn(looked(20), looked(20), 4000);
  none.learn(looked(20), looked(90), 100);
  expect(none.within(1, 5000)).toBe(120);
  expect(new AppDeletes([{ scripts: [{ text: 'delete from t where id = $1' }] }]).within(1, 5000)).toBe(10);
});
