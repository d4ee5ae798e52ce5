import { expect, test } from 'vitest';
import type { IndexFacts, TableFacts } from '../../plan/production/snapshot-facts.ts';
import { relationsBeside } from './relations-beside.ts';

const MB = 1024 ** 2;
const TABLE: TableFacts = {
  name: 'public.orders',
  rows: 1e6,
  heapBytes: 100 * MB,
  toastBytes: 0,
  indexBytes: 0,
  deadRows: 0,
  bloatShare: 0.02,
  lastVacuumAt: null,
  lastAnalyzeAt: null,
  modifiedRows: 0,
  freezeAge: 20,
  allVisibleShare: 1,
  fillFactor: 100,
  cachedBytes: null,
};
const INDEX: IndexFacts = {
  name: 'public.orders_pkey',
  table: 'public.orders',
  method: 'btree',
  bytes: 20 * MB,
  keyColumns: 1,
  isUnique: true,
  isValid: true,
  isPartial: false,
  fillFactor: 90,
  scans: 0,
  bloatShare: 0,
  cachedBytes: null,
};
const here = { tables: [TABLE], indexes: [INDEX] };

test('relations that lie as in production are not spoken of', () => {
  expect(relationsBeside(here, here)).toEqual([]);
  const small = { tables: [{ ...TABLE, heapBytes: 8192, bloatShare: 0.9 }], indexes: [] };
  expect(relationsBeside(small, here)).toEqual([]);
});

test('bloat, what autovacuum goes by, and the cache are told beside production’s, what weighs most first', () => {
  const orders = {
    ...TABLE,
    deadRows: 120_000,
    modifiedRows: 3000,
    bloatShare: 0.4,
    allVisibleShare: 0.3,
    freezeAge: 150e6,
    cachedBytes: 30 * MB,
  };
  const many = Array.from({ length: 6 }, (_, n) => ({
    ...TABLE,
    name: `public.t${n}`,
    bloatShare: 0.2 + n / 100,
  }));
  const there = { tables: [...many, orders], indexes: [{ ...INDEX, bloatShare: 0.55, cachedBytes: 6 * MB }] };
  const all = { ...here, tables: [TABLE, ...many.map((table) => ({ ...table, bloatShare: 0 }))] };
  expect(relationsBeside(there, all)).toEqual([
    'Tables with another bloat in production, by estimate: public.orders 40 % (here 2 %), public.t5 25 % (here 0 %), public.t4 24 % (here 0 %), public.t3 23 % (here 0 %), public.t2 22 % (here 0 %), and 2 more: what reads or rewrites them whole takes longer there.',
    'Indexes with another bloat in production, by estimate: public.orders_pkey 55 % (here 0 %): what reads them takes longer there.',
    'Autovacuum had more to do in production, and begins at another time there: public.orders 120,000 dead rows and 3,000 written since ANALYZE (here 0 and 0).',
    'Pages that an index-only scan need not look at: public.orders 30 % (here 100 %): such scans, and VACUUM, take longer in production.',
    'Old rows in production: public.orders 150,000,000 transactions: unless autovacuum_freeze_max_age is above that, a VACUUM that gives way to nobody may begin there; here all is young.',
    'Of 120 MB of tables and indexes 36 MB (30 %) lay in production’s shared buffers; what was just restored is warm.',
  ]);
});
