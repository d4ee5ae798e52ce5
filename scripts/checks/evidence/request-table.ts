import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RehearsalError } from '../../shared/errors.ts';
import { isMoment } from '../../shared/moments.ts';
import { LineTooLongError, LONGEST_LINE } from '../../shared/files/ndjson.ts';
import { REQUEST_COLUMNS, type RequestHeader } from '../../artifacts/records/records.ts';

/** Every request of the app in columns, ordered by `intendedMs`: a million of them is an ordinary run. */
export interface RequestTable {
  readonly count: number;
  readonly intendedMs: Float64Array;
  readonly readyMs: Float64Array;
  readonly sentMs: Float64Array;
  readonly endMs: Float64Array;
  /** Index into `versions`. */
  readonly version: Uint16Array;
  /** Index into `scripts[version]`. */
  readonly script: Uint16Array;
  /** Of the backend that it ran on; 0 where it had none, or in an older run. */
  readonly pid: Int32Array;
  /** Index into `outcomes`; 0 = ok. */
  readonly outcome: Uint16Array;
  /** `ok`, then SQLSTATEs, `lost` and `unfinished` in order of their first appearance. */
  readonly outcomes: readonly string[];
  readonly versions: readonly string[];
  readonly scripts: readonly (readonly string[])[];
}

type Column = Float64Array | Uint16Array | Int32Array;
type Columns = Pick<
  RequestTable,
  'intendedMs' | 'readyMs' | 'sentMs' | 'endMs' | 'version' | 'script' | 'outcome' | 'pid'
>;
type Row = readonly [number, number, number, number, number, number, 0 | string, number?];

const LEAST_CAPACITY = 1024;
/** A row is hardly ever shorter: columns that are made for so many need not grow, which would need half as much memory again. */
const BYTES_A_ROW = 60;
/** Those before the outcome; of older runs it is the last. */
const OUTCOME = REQUEST_COLUMNS.indexOf('outcome');
const PID = REQUEST_COLUMNS.indexOf('pid');

/** Takes rows in any order and gives them back as a table. */
export class RequestTableBuilder {
  #header: RequestHeader | undefined;
  #count = 0;
  #columns: Columns;
  readonly #outcomes = new Map<0 | string, number>([[0, 0]]);

  /** @param capacity about how many requests there are; more find their place as well */
  constructor(capacity = LEAST_CAPACITY) {
    this.#columns = {
      intendedMs: new Float64Array(capacity),
      readyMs: new Float64Array(capacity),
      sentMs: new Float64Array(capacity),
      endMs: new Float64Array(capacity),
      version: new Uint16Array(capacity),
      script: new Uint16Array(capacity),
      outcome: new Uint16Array(capacity),
      pid: new Int32Array(capacity),
    };
  }

  /** @returns what is wrong with the record, or undefined */
  add(record: unknown): string | undefined {
    if (this.#header === undefined) {
      if (!isHeader(record)) return 'the first line is not the header of the requests';
      this.#header = record;
      return undefined;
    }
    if (!isRow(record, this.#header)) return 'a line is not a request';
    if (this.#count === this.#columns.intendedMs.length) this.#columns = eachColumn(this.#columns, doubled);
    const { intendedMs, readyMs, sentMs, endMs, version, script, outcome, pid } = this.#columns;
    const at = this.#count;
    intendedMs[at] = record[0];
    readyMs[at] = record[1];
    sentMs[at] = record[2];
    endMs[at] = record[3];
    version[at] = record[4];
    script[at] = record[5];
    outcome[at] = this.#codeOf(record[6]);
    pid[at] = record[7] ?? 0;
    this.#count += 1;
    return undefined;
  }

  build(): RequestTable {
    const count = this.#count;
    const order = orderOf(this.#columns.intendedMs, count);
    return {
      count,
      ...eachColumn(this.#columns, (column) => arranged(column, count, order)),
      outcomes: [...this.#outcomes.keys()].map((key) => (key === 0 ? 'ok' : key)),
      versions: this.#header?.versions ?? [],
      scripts: this.#header?.scripts ?? [],
    };
  }

  #codeOf(outcome: 0 | string): number {
    const known = this.#outcomes.get(outcome);
    if (known !== undefined) return known;
    this.#outcomes.set(outcome, this.#outcomes.size);
    return this.#outcomes.size - 1;
  }
}

/**
 * Reads requests.ndjson by parsing whole chunks at once, which is several times faster than line by line. A last line
 * that a crash cut short is left out.
 * @throws RUN_INVALID naming `name` for anything else that is not JSON or not a request
 */
export async function readRequests(path: string, name: string): Promise<RequestTable> {
  const { size } = await stat(path);
  const builder = new RequestTableBuilder(Math.max(LEAST_CAPACITY, Math.ceil(size / BYTES_A_ROW)));
  let rest = '';
  const take = (text: string): void => {
    for (const record of parseLines(text, name)) {
      const wrong = builder.add(record);
      if (wrong !== undefined) throw invalid(name, wrong);
    }
  };
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const own = String(chunk);
    if (!own.includes('\n')) {
      rest += own;
      if (rest.length > LONGEST_LINE) throw invalid(name, new LineTooLongError().message);
      continue;
    }
    const text = rest + own;
    const end = text.lastIndexOf('\n');
    take(text.slice(0, Math.max(0, end)));
    rest = text.slice(end + 1);
  }
  if (isJson(rest)) take(rest);
  return builder.build();
}

function parseLines(text: string, name: string): unknown[] {
  if (text === '') return [];
  try {
    return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as unknown[];
  } catch {
    throw invalid(name, 'it is not JSON line by line');
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(name: string, what: string): RehearsalError {
  return new RehearsalError('RUN_INVALID', `${name} is damaged: ${what}`, {
    hint: 'rehearse the plan again; a run can only be judged from whole evidence',
  });
}

function isHeader(record: unknown): record is RequestHeader {
  const header = record as Partial<RequestHeader> | null;
  return (
    typeof header === 'object' &&
    header?.type === 'header' &&
    Array.isArray(header.versions) &&
    Array.isArray(header.scripts)
  );
}

function isRow(record: unknown, header: RequestHeader): record is Row {
  if (!Array.isArray(record) || record.length < PID || record.length > REQUEST_COLUMNS.length) return false;
  const values: readonly unknown[] = record;
  for (const [position, value] of values.entries()) {
    if (position !== OUTCOME && !isMoment(value)) return false;
  }
  const [, , , , version, script, outcome] = record as unknown as Row;
  return header.scripts[version]?.[script] !== undefined && (outcome === 0 || typeof outcome === 'string');
}

function eachColumn(columns: Columns, made: <T extends Column>(column: T) => T): Columns {
  const { intendedMs, readyMs, sentMs, endMs, version, script, outcome, pid } = columns;
  return {
    intendedMs: made(intendedMs),
    readyMs: made(readyMs),
    sentMs: made(sentMs),
    endMs: made(endMs),
    version: made(version),
    script: made(script),
    outcome: made(outcome),
    pid: made(pid),
  };
}

function sameKind<T extends Column>(column: T, length: number): T {
  return new (column.constructor as new (length: number) => T)(length);
}

function doubled<T extends Column>(column: T): T {
  const larger = sameKind(column, column.length * 2);
  larger.set(column);
  return larger;
}

/** The rows ordered by time; undefined = they are in order already. */
function orderOf(intended: Float64Array, count: number): Uint32Array | undefined {
  let sorted = true;
  for (let row = 1; row < count && sorted; row++) sorted = (intended[row] ?? 0) >= (intended[row - 1] ?? 0);
  if (sorted) return undefined;
  const order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[row] = row;
  return order.sort((a, b) => (intended[a] ?? 0) - (intended[b] ?? 0) || a - b);
}

function arranged<T extends Column>(column: T, count: number, order: Uint32Array | undefined): T {
  if (order === undefined) return column.subarray(0, count) as T;
  const values = sameKind(column, count);
  for (let row = 0; row < count; row++) values[row] = column[order[row] ?? 0] ?? 0;
  return values;
}
