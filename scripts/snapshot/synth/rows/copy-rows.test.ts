import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ColumnStatistics, Statistics } from '../../../plan/statistics/statistics.ts';
import { makePlan, type Plan } from '../plan/make-plan.ts';
import { tableKey, type ColumnSchema, type TableSchema, type TypeShape } from '../schema/table-schema.ts';
import { copyRows } from './copy-rows.ts';

const NUMERIC_10_2 = ((10 << 16) | 2) + 4;
const ROWS = { tenants: 20, customers: 3000, orders: 4000, items: 6000, events_1: 900, events_2: 300 };

function type(name: string, more: Partial<TypeShape> = {}): TypeShape {
  return { name, shown: name, kind: 'base', labels: [], modifier: -1, element: null, ...more };
}

const TYPES: Readonly<Record<string, TypeShape>> = {
  price: type('numeric', { modifier: NUMERIC_10_2 }),
  state: type('state', { kind: 'enum', labels: ['new', 'paid', 'sent'] }),
  texts: type('_text', { kind: 'array', element: type('text') }),
};

/** `name type`, with `?` behind the type where it may be NULL and `#` where a sequence numbers it. */
function column(written: string): ColumnSchema {
  const [name = '', kind = ''] = written.split(' ');
  const bare = kind.replace(/[?#]$/, '');
  return {
    name,
    type: TYPES[bare] ?? type(bare),
    isNotNull: !kind.endsWith('?'),
    isGenerated: false,
    defaultSql: null,
    sequence: kind.endsWith('#') ? { name: `public.${name}_seq`, start: 1, step: 1 } : null,
  };
}

function table(
  name: string,
  columns: string,
  more: {
    readonly checks?: readonly string[];
    readonly unique?: readonly (readonly string[])[];
    readonly partial?: readonly [column: string, whereSql: string];
    /** Own columns, table, referenced columns. */
    readonly links?: readonly (readonly [string, string, string])[];
    readonly leaves?: TableSchema['leaves'];
  } = {},
): TableSchema {
  const { checks = [], unique = [], partial, links = [], leaves = [] } = more;
  return {
    key: tableKey('public', name),
    schema: 'public',
    name,
    sqlName: `public.${name}`,
    columns: columns.split(', ').map(column),
    checks: checks.map((sql, at) => ({ name: `${name}_check${at}`, sql })),
    unique: [
      ...unique.map((of, at) => ({
        name: `${name}_key${at}`,
        columns: of,
        whereSql: null,
        isPrimary: at === 0,
      })),
      ...(partial === undefined
        ? []
        : [{ name: `${name}_one`, columns: [partial[0]], whereSql: partial[1], isPrimary: false }]),
    ],
    foreignKeys: links.map(([own, to, referenced], at) => ({
      name: `${name}_fkey${at}`,
      columns: own.split(','),
      table: tableKey('public', to),
      referenced: referenced.split(','),
    })),
    exclusions: [],
    leaves,
  };
}

const leaf = (name: string, from: number): TableSchema['leaves'][number] => ({
  schema: 'public',
  name,
  boundSql: `at is not null and at >= '${from}-01-01 00:00:00+00'::timestamptz and at < '${from + 1}-01-01 00:00:00+00'::timestamptz`,
});

/** Each way in which a value comes to be: drawn, listed, by a pattern, linked, computed, repaired, by partition. */
const SCHEMA = [
  table('tenants', 'id int4#, name text, country bpchar', {
    checks: ["country ~ '^[A-Z]{2}$'"],
    unique: [['id'], ['name']],
  }),
  table(
    'customers',
    'tenant_id int4, id int8#, email text, born date?, parent_id int8?, is_default bool, ip inet?, tags texts?, meta jsonb',
    {
      checks: ["born > '1900-01-01'::date"],
      unique: [
        ['tenant_id', 'id'],
        ['tenant_id', 'email'],
      ],
      partial: ['tenant_id', 'is_default'],
      links: [
        ['tenant_id', 'tenants', 'id'],
        ['tenant_id,parent_id', 'customers', 'tenant_id,id'],
      ],
    },
  ),
  table(
    'orders',
    'tenant_id int4, id int8#, customer_id int8, state state, kind text, starts timestamptz, ends timestamptz, paid_at timestamptz?, note text?',
    {
      checks: [
        'starts < ends',
        "(state = 'paid'::public.state) = (paid_at is not null)",
        "kind = any (array['web'::text, 'shop'::text])",
      ],
      unique: [['tenant_id', 'id']],
      links: [['tenant_id,customer_id', 'customers', 'tenant_id,id']],
    },
  ),
  table(
    'items',
    'tenant_id int4, order_id int8, line_no int4, qty int4, price price, total price, took interval',
    {
      checks: ['line_no > 0', 'qty >= 1 and qty <= 20', 'total = (price * (qty)::numeric)'],
      unique: [['tenant_id', 'order_id', 'line_no']],
      links: [['tenant_id,order_id', 'orders', 'tenant_id,id']],
    },
  ),
  table('events', 'id uuid, at timestamptz, day time, kind text?', {
    unique: [['id', 'at']],
    leaves: [leaf('events_1', 2024), leaf('events_2', 2025)],
  }),
];

const KNOWN: Readonly<Record<string, Partial<ColumnStatistics>>> = {
  tenant_id: { distinct: 20, commonFrequencies: [0.3, 0.2] },
  born: { nullFraction: 0.4 },
  parent_id: { nullFraction: 0.7, distinct: -0.1 },
  tags: { nullFraction: 0.2, distinct: 30, averageWidthBytes: 60 },
  state: { distinct: 3, commonFrequencies: [0.5, 0.3, 0.2] },
  kind: { distinct: 12, nullFraction: 0.1, commonFrequencies: [0.4, 0.3] },
  starts: { correlation: 0.6 },
  ends: { correlation: -0.8 },
  paid_at: { nullFraction: 0.6 },
  note: { nullFraction: 0.05, averageWidthBytes: 400 },
  line_no: { distinct: 4 },
  qty: { distinct: 9 },
  price: { distinct: 700, histogram: { of: 'numbers', bounds: [1, 20, 50, 999] } },
};

const STATISTICS: Statistics = {
  format: 'dress-rehearsal statistics',
  version: 1,
  serverVersion: '18',
  tables: Object.entries(ROWS).map(([name, rows]) => ({
    schema: 'public',
    table: name,
    rows,
    heapBytes: 8192,
    toastBytes: 0,
    indexBytes: 0,
    columns:
      SCHEMA.find((one) => one.name === name.replace(/_\d$/, ''))?.columns.map((each) => ({
        name: each.name,
        nullFraction: 0,
        distinct: -1,
        averageWidthBytes: 16,
        commonFrequencies: [],
        correlation: 0,
        histogram: null,
        ...KNOWN[each.name],
      })) ?? [],
  })),
};

async function planned(seed: string): Promise<Plan> {
  const nowUs = Date.parse('2026-01-01T00:00:00Z') * 1000;
  const plan = await makePlan(SCHEMA, { statistics: STATISTICS, scale: 1, seed, nowUs });
  expect(plan.mistakes).toEqual([]);
  return plan;
}

const digests = ({ tables }: Plan): Record<string, string> =>
  Object.fromEntries(
    tables.map((one) => [
      one.schema.name,
      createHash('sha256')
        .update(Buffer.concat([...copyRows(one)]))
        .digest('hex')
        .slice(0, 16),
    ]),
  );

it('a seed makes the rows that it has always made', async () => {
  expect(digests(await planned('1'))).toEqual({
    tenants: '081caa345fd9b7c5',
    customers: 'c9738e453bb49a16',
    orders: '69d554be8f2b8c94',
    items: 'd4fc7f2df805a0ee',
    events: 'e90d934b22bab1de',
  });
});

it('rows are the same in whatever order they are asked for', async () => {
  const { tables } = await planned('1');
  for (const one of tables) {
    const all = Buffer.concat([...copyRows(one)])
      .toString()
      .split('\n')
      .slice(0, -1);
    const numbers = all.map((_, at) => all.length - 1 - at);
    const backwards = Buffer.concat([...copyRows(one, numbers)])
      .toString()
      .split('\n')
      .slice(0, -1);
    expect(backwards).toEqual(all.toReversed());
  }
});

it('rows are handed on in pieces whose size does not grow with the table', async () => {
  const { tables } = await planned('1');
  const orders = tables.find(({ schema }) => schema.name === 'orders');
  if (orders === undefined) throw new Error('orders is planned');
  const sizes = [...copyRows(orders)].map(({ length }) => length);
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(140_000);
});
