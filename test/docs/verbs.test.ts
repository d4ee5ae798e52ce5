import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VERB_NAMES } from '../../scripts/cli/program.ts';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

test('the README tells every verb, in the order of the help, and no other', () => {
  const readme = readFileSync(join(OWN_ROOT, 'README.md'), 'utf8');
  const told = [...readme.matchAll(/^\| `rehearse (\w+)/gm)].map(([, name]) => name);
  expect(told).toEqual(VERB_NAMES);
});
