import { expect, test } from 'vitest';
import type { Production } from '../../plan/production/snapshot-facts.ts';
import { besideProduction } from './beside-production.ts';

const BUILD = 'PostgreSQL 17.2 on x86_64-pc-linux-gnu';
const same = {
  major: 17,
  build: BUILD,
  collation: { name: 'C', version: null },
  extensions: {},
  tables: [],
  indexes: [],
};
const production: Production = {
  ...same,
  bytes: 100 * 1024 ** 2,
  otherSettings: [],
  followed: [],
  activity: null,
  hardware: null,
};

test('a smaller database is put down to bloat only where rows were restored, not where they were made', () => {
  const here = { ...same, bytes: 50 * 1024 ** 2 };
  expect(besideProduction(production, { ...here, isSynthetic: false })).toEqual([
    expect.stringMatching(/^The restored database has .* a restore removes bloat/),
  ]);
  expect(besideProduction(production, { ...here, isSynthetic: true })).toEqual([
    'The made database has 50 MB, 50 % less than the 100 MB of production: what reads or writes whole tables takes another time there.',
  ]);
});
