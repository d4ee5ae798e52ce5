import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

/** As many files of one sort as are still seen at once. */
const SIDE_BY_SIDE = 20;

/** A test stands beside what it tests, with what it alone needs, and is counted with the tests. */
function sortOf(name: string): string {
  return /[.-](test|fixture)\.tsx?$/.test(name) ? 'tests' : 'sources';
}

it('no folder of code has more files side by side than are seen at once', () => {
  const rooms = new Map<string, number>();
  for (const root of ['infra', 'scripts', 'test']) {
    for (const path of readdirSync(join(OWN_ROOT, root), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(tsx?|mjs)$/.test(path)) continue;
      const room = `${join(root, dirname(path))}: ${sortOf(basename(path))}`;
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
    }
  }
  expect([...rooms].filter(([, files]) => files > SIDE_BY_SIDE)).toEqual([]);
});
