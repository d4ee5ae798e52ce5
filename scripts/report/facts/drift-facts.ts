import type { DriftReason } from '../../checks/result/contract/result-drift.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { formatBytes, formatCount, plural } from '../../shared/text/format.ts';
import { shortName } from './facts.ts';

const MOST_REASONS = 4;

export const DRIFT_TITLE = 'How near the data is to production’s';
export const DRIFT_HEADS = ['Table', 'Whole table', 'Index build', 'By value', 'Because'];

interface DriftRow {
  readonly table: string;
  /** In the order of the heads: of what reads or rewrites the table, of what builds an index, of what finds rows by a value. */
  readonly timings: readonly { readonly isComparable: boolean; readonly word: string }[];
  readonly because: string;
}

/** Tables with timings that are not production’s; empty where there are none. */
export function driftRows({ snapshot }: Result): DriftRow[] {
  return (snapshot?.drift?.tables ?? []).map(({ name, notComparable, reasons }) => ({
    table: shortName(name),
    timings: (['wholeTable', 'indexBuild', 'byValue'] as const).map((timing) => {
      const isComparable = !notComparable.includes(timing);
      return { isComparable, word: isComparable ? 'comparable' : 'not comparable' };
    }),
    because: becauseText(reasons),
  }));
}

/** What is said of all tables together; empty where nothing is known of production. */
export function driftSentences({ snapshot }: Result): string[] {
  const drift = snapshot?.drift;
  if (drift === undefined) return [];
  const { against, comparable, unknown, leftOut, tables } = drift;
  const all = tables.length === 0 ? '' : 'other ';
  return [
    against === 'statistics'
      ? 'What was restored is held against production’s own statistics.'
      : 'What masking wrote is held against what it read; sizes in production are not known, and tables without a rule are as they were.',
    ...(comparable > 0
      ? [
          `Of ${comparable === 1 ? `1 ${all}table` : `${formatCount(comparable)} ${all}tables`} all timings are comparable.`,
        ]
      : []),
    ...(leftOut === undefined ? [] : [`${plural(leftOut, 'more table')} differ as well.`]),
    ...(unknown.length > 0
      ? [
          `Nothing is known in production of ${unknown.slice(0, MOST_REASONS).map(shortName).join(', ')}${unknown.length > MOST_REASONS ? ` and ${unknown.length - MOST_REASONS} more` : ''}.`,
        ]
      : []),
  ];
}

/** Each difference once, whatever timings it speaks against. */
function becauseText(reasons: readonly DriftReason[]): string {
  const texts = [...new Set(reasons.map(reasonText))];
  const more = texts.length - MOST_REASONS;
  return `${texts.slice(0, MOST_REASONS).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}

function reasonText({ what, column, before, after }: DriftReason): string {
  const { name, unit } = WHAT[what];
  return `${column === null ? '' : `${column}: `}${name} ${unit(after)} for ${unit(before)}`;
}

/** The same between two moments. */
export function changeText({ what, column, before, after }: DriftReason): string {
  const { name, unit } = WHAT[what];
  return `${column === null ? '' : `${column}: `}${name} ${unit(before)} → ${unit(after)}`;
}

const bytes = (value: number): string => formatBytes(value);
const count = (value: number): string => formatCount(Math.round(value));
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

const WHAT: Readonly<Record<DriftReason['what'], { name: string; unit: (value: number) => string }>> = {
  rows: { name: 'rows', unit: count },
  heapBytesPerRow: { name: 'heap a row', unit: bytes },
  toastBytesPerRow: { name: 'TOAST a row', unit: bytes },
  indexBytesPerRow: { name: 'indexes a row', unit: bytes },
  textBytesPerRow: { name: 'text a row', unit: bytes },
  nullFraction: { name: 'NULL', unit: percent },
  distinct: { name: 'distinct values', unit: count },
  widthBytes: { name: 'width', unit: bytes },
  commonFrequencies: { name: 'most common value', unit: percent },
  correlation: {
    name: 'correlation with the order of rows',
    unit: (value) => value.toFixed(2).replace(/^-(?=0.00$)/, ''),
  },
};
