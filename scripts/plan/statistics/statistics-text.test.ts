import { expect, test } from 'vitest';
import { readStatisticsText } from './statistics-text.ts';

const SQL = String.raw`\restrict x
SET client_encoding = 'UTF8';
SELECT * FROM pg_catalog.pg_restore_relation_stats(
	'version', '180006'::integer, 'schemaname', 'public', 'relname', 'orders',
	'relpages', '10'::integer, 'reltuples', '500'::real, 'relallvisible', '0'::integer);
SELECT * FROM pg_catalog.pg_restore_relation_stats(
	'version', '180006'::integer, 'schemaname', 'public', 'relname', 'orders_pkey', 'relpages', '4'::integer, 'reltuples', '500'::real);
SELECT * FROM pg_catalog.pg_restore_attribute_stats(
	'version', '180006'::integer, 'schemaname', 'public', 'relname', 'orders', 'attname', 'name', 'inherited', 'f'::boolean,
	'null_frac', '0.25'::real, 'avg_width', '12'::integer, 'n_distinct', '7'::real,
	'most_common_vals', '{"Lovelace; ''Ada''",Byron}'::text, 'most_common_freqs', '{0.4,0.1}'::real[],
	'histogram_bounds', '{Augusta,Babbage}'::text, 'correlation', '-0.5'::real);
SELECT * FROM pg_catalog.pg_restore_attribute_stats(
	'version', '180006'::integer, 'schemaname', 'public', 'relname', 'orders', 'attname', 'placed', 'inherited', 'f'::boolean,
	'null_frac', '0'::real, 'avg_width', '8'::integer, 'n_distinct', '-1'::real,
	'histogram_bounds', '{"1970-01-01 00:00:00+00","1970-01-01 01:00:00+00",infinity}'::text, 'correlation', '1'::real);
\unrestrict x
`;

const STATISTICS = {
  format: 'dress-rehearsal statistics',
  version: 1,
  serverVersion: '18.6',
  tables: [
    {
      schema: 'public',
      table: 'orders',
      rows: 500,
      heapBytes: 81_920,
      toastBytes: null,
      indexBytes: null,
      columns: [
        {
          name: 'name',
          nullFraction: 0.25,
          distinct: 7,
          averageWidthBytes: 12,
          commonFrequencies: [0.4, 0.1],
          correlation: -0.5,
          histogram: null,
        },
        {
          name: 'placed',
          nullFraction: 0,
          distinct: -1,
          averageWidthBytes: 8,
          commonFrequencies: [],
          correlation: 1,
          histogram: { of: 'times', bounds: [0, 3600] },
        },
      ],
    },
  ],
};

test('statistics of PostgreSQL 18 are read without the values that they hold', async () => {
  expect(await readStatisticsText(SQL)).toEqual({ statistics: STATISTICS });
});

test('statistics.json is read as it is written', async () => {
  expect(await readStatisticsText(JSON.stringify(STATISTICS))).toEqual({ statistics: STATISTICS });
});

test.each([
  ['{', 'is not JSON'],
  [
    JSON.stringify({ ...STATISTICS, version: 2 }),
    'is no statistics of dress-rehearsal: version is not as expected',
  ],
  ['Lovelace', 'is neither JSON nor SQL'],
  [
    'select 1;',
    'holds no statistics of a table that was analysed; take pg_dump --statistics-only of PostgreSQL 18, after ANALYZE',
  ],
])('%j is no statistics', async (text, mistake) => {
  expect(await readStatisticsText(text)).toEqual({ mistake });
});
