import { beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { stops } from '../stops/stops.ts';

beforeAll(loadAdvice);

function adviceFor(sql: string): { advice?: string; insteadSql?: string | null } {
  const record = statementRecord({ sql, sentMs: 5000, respondedMs: 6000 });
  const analysis = analyse(evidence({ steps: [...stepWindow('alter', 4900, 6100), record] }));
  const [stop] = stops(analysis);
  return stop ? advise(stop, analysis, 'hold') : {};
}

test('a CHECK of a new column, for which the whole table is read, comes after it as NOT VALID', () => {
  const { insteadSql } = adviceFor(
    'alter table customers add column c int check (c > 0) no inherit default 1, add column d int constraint few check (d < 9)',
  );
  expect(insteadSql?.split('\n')).toEqual([
    'alter table customers add column c int default 1;',
    'alter table customers add constraint customers_c_check check (c > 0) no inherit not valid;',
    'alter table customers validate constraint customers_c_check;',
    'alter table customers add column d int;',
    'alter table customers add constraint few check (d < 9) not valid;',
    'alter table customers validate constraint few;',
  ]);
});

test('a renamed column of a view is shown beside the old one, and nothing is filled', () => {
  const { advice, insteadSql } = adviceFor('alter view customers_v rename column a to b');
  expect(insteadSql).toBeNull();
  expect(advice).toMatch(/^CREATE OR REPLACE VIEW customers_v with b behind its other columns/);
});

test('several actions of one ALTER TABLE stay in their order', () => {
  const { insteadSql } = adviceFor(
    'alter table customers add column a int, alter column "Größe" set not null, drop column b',
  );
  expect(insteadSql?.split('\n')).toEqual([
    'alter table customers add column a int;',
    'alter table customers add constraint "customers_Größe_is_set" check ("Größe" is not null) not valid;',
    'alter table customers validate constraint "customers_Größe_is_set";',
    'alter table customers alter column "Größe" set not null;',
    'alter table customers drop constraint "customers_Größe_is_set";',
    'alter table customers drop column b;',
  ]);
});
