import type { MaskedSample } from '../drift/masked-sample.ts';
import { COPY_NULL, decodeField, encodeField } from './copy-field.ts';
import type { Masker } from './columns/masker-of.ts';
import type { ColumnEvidence } from './detect/column-evidence.ts';

/** So many first rows of a table are looked at before any of them goes on. */
const FIRST_ROWS = 1000;
const FIRST_BYTES = 4 * 1024 ** 2;
/** Later on, so many of each chunk that comes. */
const ROWS_A_CHUNK = 20;
const NEWLINE = 10;

interface Column {
  /** Undefined = it goes in as it is. */
  readonly masker: Masker | undefined;
  /** Undefined = nobody asks whether it looks personal. */
  readonly evidence: ColumnEvidence | undefined;
}

/** A row that has more or fewer fields than its table has columns. Says nothing of them. */
export class OtherColumns extends RangeError {}

/** The rows of one COPY block on their way: masks what has a rule, and looks at a sample of the rest. */
export class MaskedRows {
  readonly #columns: readonly Column[];
  readonly #maskers: readonly (readonly [index: number, masker: Masker])[];
  readonly #evidence: readonly (readonly [index: number, evidence: ColumnEvidence])[];
  /** Of the columns with a rule, in their order. */
  readonly #sample: MaskedSample | undefined;
  /** Of a row whose end has not come yet. */
  #rest: Buffer[] = [];
  #seenBytes = 0;
  /** The place of the column whose value is, or was last, masked. */
  column = 0;
  /** How far it is; of a table without rules only those that were looked at. */
  rows = 0;

  constructor(columns: readonly Column[], sample?: MaskedSample) {
    this.#columns = columns;
    this.#sample = sample;
    this.#maskers = columns.flatMap(({ masker }, index) => (masker ? [[index, masker] as const] : []));
    this.#evidence = columns.flatMap(({ evidence }, index) => (evidence ? [[index, evidence] as const] : []));
  }

  get maskedRows(): number {
    return this.#maskers.length > 0 ? this.rows : 0;
  }

  /** What was seen suffices to say what the columns hold. */
  get isJudged(): boolean {
    return this.#evidence.length === 0 || this.rows >= FIRST_ROWS || this.#seenBytes >= FIRST_BYTES;
  }

  /** @returns whole rows; what is left of the bytes comes with the next ones. @throws OtherColumns; what a masker throws, of a value that it cannot read */
  take(bytes: Buffer): Buffer {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.#rest.push(Buffer.from(bytes));
      return Buffer.alloc(0);
    }
    const head = bytes.subarray(0, end);
    const whole = this.#rest.length === 0 ? head : Buffer.concat([...this.#rest, head]);
    this.#rest = end === bytes.length ? [] : [Buffer.from(bytes.subarray(end))];
    return this.#rowsOf(whole);
  }

  /** A last row without its newline. */
  end(): Buffer {
    if (this.#rest.length === 0) return Buffer.alloc(0);
    const last = this.#rowsOf(Buffer.concat([...this.#rest, Buffer.from('\n')]));
    this.#rest = [];
    return last;
  }

  #rowsOf(whole: Buffer): Buffer {
    this.#seenBytes += whole.length;
    const sampled = this.rows < FIRST_ROWS ? FIRST_ROWS : ROWS_A_CHUNK;
    if (this.#maskers.length === 0) {
      this.#look(whole, sampled);
      return whole;
    }
    const lines = whole.toString('latin1', 0, whole.length - 1).split('\n');
    for (let at = 0; at < lines.length; at += 1) {
      this.rows += 1;
      lines[at] = this.#masked(lines[at] ?? '', at < sampled);
    }
    return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  }

  #masked(row: string, isSampled: boolean): string {
    // A newline of two bytes ends with the one that COPY asks for; inside a value it would be escaped.
    const line = row.endsWith('\r') ? row.slice(0, -1) : row;
    const fields = line.split('\t');
    if (fields.length !== this.#columns.length)
      throw new OtherColumns(
        `row ${this.rows} has ${fields.length} fields for ${this.#columns.length} columns`,
      );
    if (isSampled) this.#see(fields);
    const place = this.#sample?.next();
    const before = place === undefined ? [] : this.#maskedFields(fields);
    for (const [index, masker] of this.#maskers) {
      const field = fields[index] ?? COPY_NULL;
      if (field === COPY_NULL) continue;
      this.column = index;
      const made = masker(decodeField(field));
      fields[index] = made === null ? COPY_NULL : encodeField(made);
    }
    const masked = fields.join('\t');
    if (this.#sample !== undefined) {
      this.#sample.textBytes.before += line.length;
      this.#sample.textBytes.after += masked.length;
      if (place !== undefined) this.#sample.see(place, before, this.#maskedFields(fields));
    }
    return masked + row.slice(line.length);
  }

  /** Undefined = NULL. */
  #maskedFields(fields: readonly string[]): (string | undefined)[] {
    return this.#maskers.map(([index]) => (fields[index] === COPY_NULL ? undefined : fields[index]));
  }

  /** Of rows that go on as they are. */
  #look(whole: Buffer, rows: number): void {
    let from = 0;
    for (let seen = 0; seen < rows && from < whole.length && this.#evidence.length > 0; seen += 1) {
      const end = whole.indexOf(NEWLINE, from);
      this.#see(whole.toString('latin1', from, end).split('\t'));
      this.rows += 1;
      from = end + 1;
    }
  }

  #see(fields: readonly string[]): void {
    for (const [index, evidence] of this.#evidence) {
      const field = fields[index] ?? COPY_NULL;
      if (field !== COPY_NULL) evidence.see(decodeField(field.endsWith('\r') ? field.slice(0, -1) : field));
    }
  }
}
