import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_ROOT } from '../../../scripts/shared/places/own-files.mjs';

/** One row of the table "To add …, touch …" of CONTRIBUTING.md. */
interface KindRow {
  readonly kind: string;
  /** Where a new one goes, and what else is touched by hand. */
  readonly touched: readonly string[];
  /** What the compiler then names. */
  readonly forced: readonly string[];
}

export function kindsOfContributing(): KindRow[] {
  const text = readFileSync(join(OWN_ROOT, 'CONTRIBUTING.md'), 'utf8');
  const [, table = ''] = text.split('\n## To add …, touch …\n');
  const rows =
    table
      .split('\n## ', 1)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ')) ?? [];
  return rows.slice(2).map((line) => {
    const [, kind = '', touched = '', forced = ''] = line.split('|');
    return { kind: kind.trim(), touched: pathsIn(touched), forced: pathsIn(forced) };
  });
}

function pathsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]*[/.][^`]*)`/g)].map(([, path = '']) => path);
}
