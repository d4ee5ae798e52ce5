import type { ColumnDrift, TableDrift } from '../../../artifacts/records/of-run/drift-record.ts';
import type { DriftReason, Timing } from '../contract/result-drift.ts';

/*
 * From where on a difference changes how long a statement takes. The statistics are those of a sample of 30,000 rows: what two
 * samples of the same table differ by is below each of them.
 */
const ROWS_RATIO = 1.1;
const BYTES_RATIO = 1.1;
/** An index loses its bloat in any restore. */
const INDEX_RATIO = 1.25;
const WIDTH_RATIO = 1.1;
const LEAST_WIDTH_BYTES = 2;
const DISTINCT_RATIO = 1.5;
const NULL_SHARE = 0.02;
const COMMON_SHARE = 0.05;
const CORRELATION = 0.25;
/** A page more or less is no difference. */
const LEAST_BYTES = 64 * 1024;

interface Pair {
  readonly before: number;
  readonly after: number;
}
type What = DriftReason['what'];

/** Why timings of a table are not those of production; empty where all are. */
export function driftReasons(table: TableDrift): DriftReason[] {
  return [...ofTable(table), ...table.columns.flatMap(ofColumn)];
}

function ofTable({ rows, heapBytes, toastBytes, indexBytes, textBytes }: TableDrift): DriftReason[] {
  const whole = (what: What, pair: Pair, timings: readonly Timing[]): DriftReason[] =>
    timings.map((timing) => ({ timing, column: null, what, ...pair }));
  const perRow = (bytes: Pair | null): Pair | null =>
    bytes && rows && rows.before > 0 && rows.after > 0 && Math.max(bytes.before, bytes.after) > LEAST_BYTES
      ? { before: bytes.before / rows.before, after: bytes.after / rows.after }
      : null;
  const [heap, toast, index, text] = [heapBytes, toastBytes, indexBytes, textBytes].map(perRow);
  return [
    ...(rows && isBeyond(rows, ROWS_RATIO) ? whole('rows', rows, ['wholeTable', 'indexBuild']) : []),
    ...(heap && isBeyond(heap, BYTES_RATIO) ? whole('heapBytesPerRow', heap, ['wholeTable']) : []),
    ...(toast && isBeyond(toast, BYTES_RATIO) ? whole('toastBytesPerRow', toast, ['wholeTable']) : []),
    ...(text && isBeyond(text, BYTES_RATIO) ? whole('textBytesPerRow', text, ['wholeTable']) : []),
    ...(index && isBeyond(index, INDEX_RATIO) ? whole('indexBytesPerRow', index, ['byValue']) : []),
  ];
}

function ofColumn(column: ColumnDrift): DriftReason[] {
  const { name, nullFraction, distinct, widthBytes, commonest, commonDistance, correlation } = column;
  const because = (what: What, pair: Pair, timings: readonly Timing[]): DriftReason[] =>
    timings.map((timing) => ({ timing, column: name, what, ...pair }));
  return [
    ...(differsBy(widthBytes) > LEAST_WIDTH_BYTES && isBeyond(widthBytes, WIDTH_RATIO)
      ? because('widthBytes', widthBytes, ['wholeTable', 'indexBuild'])
      : []),
    ...(differsBy(nullFraction) > NULL_SHARE ? because('nullFraction', nullFraction, ['byValue']) : []),
    ...(isBeyond(distinct, DISTINCT_RATIO) ? because('distinct', distinct, ['indexBuild', 'byValue']) : []),
    ...(commonDistance > COMMON_SHARE || differsBy(commonest) > COMMON_SHARE
      ? because('commonFrequencies', commonest, ['byValue'])
      : []),
    ...(correlation && differsBy(correlation) > CORRELATION
      ? because('correlation', correlation, ['byValue'])
      : []),
  ];
}

function isBeyond({ before, after }: Pair, ratio: number): boolean {
  const [less, more] = [Math.min(before, after), Math.max(before, after)];
  return more > less * ratio;
}

function differsBy({ before, after }: Pair): number {
  return Math.abs(before - after);
}
