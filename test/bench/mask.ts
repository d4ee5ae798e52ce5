import { readMask } from '../../scripts/plan/mask/read-mask.ts';
import { Masking } from '../../scripts/snapshot/mask/masking.ts';
import { SqlPieces } from '../../scripts/snapshot/text/sql-pieces.ts';
import { printHeadline, printTable } from './support/print.ts';

/*
 * What masking costs between a dump and the server: rows of seven columns, three of them masked, through the reading of the SQL, the look for
 * personal columns and the masking. The same without a rule is what reading and looking alone take.
 */

const ROWS = 300_000;
const ROUNDS = 5;
const CHUNK = 256 * 1024;
const HEAD = `create table public.people (id int, email varchar(60), name text, phone text, city text, created timestamptz, note text);
copy public.people from stdin;\n`;
const RULES = {
  masked:
    'columns: { people.email: email, people.name: scramble, people.phone: scramble }\nkeep: [people.city]',
  read: 'keep: [people.email, people.name, people.phone, people.city]',
};

const rows = Array.from(
  { length: ROWS },
  (_, i) =>
    `${i}\tuser${i}@mail${i % 37}.example\tAda Lovelace ${i}\t+47${90_000_000 + i}\tOslo\t2020-01-01 00:00:00+00\t\\N\n`,
);
const dump = Buffer.from(`${HEAD}${rows.join('')}\\.\n`);

async function* chunks(): AsyncGenerator<Buffer> {
  for (let at = 0; at < dump.length; at += CHUNK) yield await Promise.resolve(dump.subarray(at, at + CHUNK));
}

/** Rows a second of processor time. */
async function measure(text: string): Promise<number> {
  const { rules } = readMask(`version: 1\n${text}\n`, 'mask.yaml', () => undefined);
  if (rules === undefined) throw new Error('the rules cannot be read');
  const masking = new Masking({ rules, key: { secret: 'k'.repeat(64), id: 'bench' }, shown: 'the dump' });
  const before = process.cpuUsage();
  for await (const piece of masking.pieces(new SqlPieces('the dump', { openEnd: false }).read(chunks())))
    if (piece.type === 'meta') throw new Error('a dump of rows has no such command');
  const { user, system } = process.cpuUsage(before);
  return ROWS / ((user + system) / 1e6);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const found: { masked: number[]; read: number[] } = { masked: [], read: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  found.masked.push(await measure(RULES.masked));
  found.read.push(await measure(RULES.read));
}
const rowsPerCpuSecond = Math.round(median(found.masked));
printTable(
  `${ROWS} rows of seven columns, rows a second of processor time`,
  ['', 'median', 'least', 'most'],
  Object.entries(found).map(([name, each]) => [
    name,
    ...[median(each), Math.min(...each), Math.max(...each)].map(Math.round),
  ]),
);
printHeadline({ rowsPerCpuSecond, readOnlyRowsPerCpuSecond: Math.round(median(found.read)), goal: 150_000 });
