import type { DriftRecord } from '../../../artifacts/records/of-run/drift-record.ts';
import { TIMINGS } from '../contract/result-drift.ts';
import type { Result } from '../contract/result.ts';
import { driftReasons } from './drift-reasons.ts';

type Drift = Pick<NonNullable<Result['snapshot']>, 'drift'>;

const MOST_TABLES = 50;
const MOST_REASONS = 20;
const MOST_UNKNOWN = 100;

/** Which timings are those of production, table by table; nothing where nothing is known of production. */
export function driftResult(record: DriftRecord | undefined): Drift {
  if (record === undefined) return {};
  const tables = record.tables.map((table) => ({ table, reasons: driftReasons(table) }));
  const differ = tables
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => b.reasons.length - a.reasons.length);
  const leftOut = differ.length - MOST_TABLES;
  return {
    drift: {
      against: record.against,
      tables: differ.slice(0, MOST_TABLES).map(({ table, reasons }) => ({
        name: table.name,
        rows: table.rows && { ...table.rows },
        heapBytes: table.heapBytes && { ...table.heapBytes },
        toastBytes: table.toastBytes && { ...table.toastBytes },
        indexBytes: table.indexBytes && { ...table.indexBytes },
        notComparable: TIMINGS.filter((one) => reasons.some(({ timing }) => timing === one)),
        reasons: reasons.slice(0, MOST_REASONS),
      })),
      comparable: tables.length - differ.length,
      unknown: record.unknown.slice(0, MOST_UNKNOWN),
      ...(leftOut > 0 && { leftOut }),
    },
  };
}
