import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { kindsOfContributing } from '../support/checkout/kinds-of-contributing.ts';

test('every file is there that CONTRIBUTING names for a new check, target, step kind and the others', () => {
  const rows = kindsOfContributing();
  const named = rows.flatMap(({ touched, forced }) => [...touched, ...forced]);
  expect(rows.length).toBeGreaterThanOrEqual(11);
  expect(named.filter((path) => !existsSync(join(OWN_ROOT, path)))).toEqual([]);
});
