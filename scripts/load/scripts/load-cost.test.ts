import { expect, test } from 'vitest';
import { tooMuchLoad } from './load-cost.ts';
import { parseWorkload } from './parse-workload.ts';
import type { Version } from './script.ts';

function version(...texts: readonly string[]): Version {
  const scripts = texts.map((text, index) => {
    const name = `script${index}`;
    const parsed = parseWorkload({ name, path: `${name}.sql`, text }, `${name}.sql`);
    if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
    return parsed.script;
  });
  return { name: 'app', scripts };
}

const ONE = version('select 1;');
const FIVE = version('begin; select 1; select 2; select 3; commit;');
const BRANCHES = version('\\if 1\nselect 1; select 2; select 3;\n\\else\nselect 1;\n\\endif\n');

test.each([
  ['of one statement at 10,000/s', ONE, 10_000],
  ['of five at 4,000/s', FIVE, 4_000],
  ['of none', version(), 1_000_000],
])('requests %s leave room', (_, app, ratePerSec) => {
  expect(tooMuchLoad({ ratePerSec, connections: 40 }, [app], 2)).toBeUndefined();
});

test('the costliest version tells how much a process would have to do, and what there is room for', () => {
  expect(tooMuchLoad({ ratePerSec: 9_000, connections: 40 }, [ONE, FIVE], 2)).toBe(
    'load: 9,000 requests/s of 5.0 statements would take one process about 99 % of a processor (22 µs a statement), and what is sent late says nothing about the app: up to 7,272/s there is room',
  );
});

test('the load is shared out among processes, and scripts count by their weight and longest branch', () => {
  const mixed = version(
    '-- rehearse: weight=3\nselect 1;',
    '\\if 1\nselect 1; select 2; select 3;\n\\else\nselect 1;\n\\endif\n',
  );
  expect(tooMuchLoad({ ratePerSec: 40_000, connections: 40 }, [BRANCHES], 2)).toContain(
    'of 3.0 statements would take each of 2 processes about 132 %',
  );
  expect(tooMuchLoad({ ratePerSec: 60_000, connections: 40 }, [mixed], 2)).toContain('of 1.5 statements');
});

test('of a host with half a processor less is asked', () => {
  const load = { ratePerSec: 5_000, connections: 40 };
  expect(tooMuchLoad(load, [FIVE], 1)).toBeUndefined();
  expect(tooMuchLoad(load, [FIVE], 0.5)).toContain('up to 3,636/s there is room');
});
