import { formatBytes, formatCount } from '../../shared/text/format.ts';
import type { RunLine } from '../lines/history-line.ts';

const SHORT_HASH = 12;

/** One thing that is not the same in two runs. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

type Fact = readonly [what: string, of: (line: RunLine) => string | null];

/** In the order in which a reader asks for them. */
const FACTS: readonly Fact[] = [
  ['plan', ({ planSha256 }) => planSha256.slice(0, SHORT_HASH)],
  ['commit', ({ commit }) => commit?.slice(0, SHORT_HASH) ?? null],
  ['snapshot', ({ snapshot }) => snapshot && snapshotText(snapshot)],
  [
    'load',
    ({ load }) => load && `${load.ratePerSec}/s on ${load.connections} connections, seed ${load.seed}`,
  ],
  ['machine', ({ machine }) => machine && machine.class],
  ['PostgreSQL', ({ postgresVersion }) => postgresVersion],
  ['tool', ({ toolVersion }) => toolVersion],
];

/** What differs between two runs beside their figures. */
export function changesOf(before: RunLine, after: RunLine): Change[] {
  const names = [...new Set([...Object.keys(before.settings), ...Object.keys(after.settings)])].sort();
  const settings = names.map((name): Fact => [name, (line) => line.settings[name] ?? null]);
  return [...FACTS, ...settings].flatMap(([what, of]) => {
    const [was, is] = [of(before), of(after)];
    return was === is ? [] : [{ what, before: was ?? 'not known', after: is ?? 'not known' }];
  });
}

function snapshotText({ sha256, takenAt, bytes, rows }: NonNullable<RunLine['snapshot']>): string {
  const taken = takenAt === null ? '' : `, taken ${takenAt}`;
  return `${formatBytes(bytes)}, ${formatCount(rows)} rows${taken}, ${sha256.slice(0, SHORT_HASH)}`;
}
