import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import type { Took } from './growth/judge-made.ts';
import { makeRun } from './growth/made-run.ts';
import { DIMENSIONS, LARGEST, TABLES, type Size } from './growth/size.ts';
import { stepCost, type StepCost } from './growth/step-cost.ts';
import { rounded } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';

/*
 * What judging a run and writing its reports takes when one thing of it grows: each at three sizes, three times as much each time.
 * The exponent is that of the step from the middle to the largest; 1 = twice as much takes twice as long. And once everything is large.
 * Runs are made up, and each is judged by a process of its own. Times are those of a processor: what else the machine does hardly counts.
 * What a step takes is measured on a server with so many tables, on the clock.
 */

const STEEPEST = 1.15;
const GOAL = { seconds: 5, memoryMb: 500, resultMb: 3, reportMb: 2 } as const satisfies Took;
const judging = fileURLToPath(new URL('growth/judge-made.ts', import.meta.url));

/** On top of the statement itself, however many tables there are. */
const COST_GOAL = { statementMs: 5 } as const;

async function took(size: Size): Promise<Took & { readonly evidenceMb: number }> {
  const path = await mkdtemp(join(tmpdir(), 'rehearse-growth-'));
  try {
    const folder = await RunFolder.create(path);
    await makeRun(folder, size);
    const files = await readdir(folder.file('artifacts'));
    const sizes = await Promise.all(files.map((file) => stat(folder.file('artifacts', file))));
    const evidenceMb = sizes.reduce((sum, one) => sum + one.size, 0) / 2 ** 20;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', judging, path]);
    return { ...(JSON.parse(stdout) as Took), evidenceMb };
  } finally {
    await rm(path, { recursive: true });
  }
}

printLine(machineLine());
const only = process.argv[2];
const exponents: [string, number][] = [];
const rows: (string | number)[][] = [];
for (const [name, sizes] of Object.entries(DIMENSIONS)) {
  if (only !== undefined && name !== only) continue;
  const all: Awaited<ReturnType<typeof took>>[] = [];
  for (const size of sizes) all.push(await took(size));
  const [small, middle, large] = all;
  if (small === undefined || middle === undefined || large === undefined)
    throw new Error(`${name} has no three sizes`);
  const exponent = rounded(Math.log(large.seconds / middle.seconds) / Math.log(3), 2);
  exponents.push([name, exponent]);
  const seconds = all.map((one) => rounded(one.seconds, 2));
  rows.push([
    name,
    ...seconds,
    exponent,
    rounded(large.memoryMb, 0),
    rounded(large.evidenceMb, 1),
    rounded(large.resultMb, 2),
    rounded(large.reportMb, 2),
  ]);
}
printTable(
  'judging and reporting',
  [
    'of',
    'small s',
    'middle s',
    'large s',
    'exponent',
    'large MB',
    'evidence MB',
    'result.json MB',
    'report.html MB',
  ],
  rows,
);
const costs: StepCost[] = [];
if (only === undefined || only === 'tables') for (const tables of TABLES) costs.push(await stepCost(tables));
if (costs.length > 0)
  printTable(
    'what rehearsing takes on top of the statements themselves, ms',
    ['tables', 'a statement', 'a bare statement', 'a step'],
    TABLES.map((tables, at) => [
      tables,
      rounded(costs[at]?.statementMs ?? 0, 1),
      rounded(costs[at]?.bareMs ?? 0, 1),
      rounded(costs[at]?.stepMs ?? 0, 0),
    ]),
  );
const cost = costs.at(-1);
const whole = only === undefined || only === 'largest' ? await took(LARGEST) : undefined;
const isLarge =
  whole !== undefined && (Object.keys(GOAL) as (keyof Took)[]).some((key) => whole[key] > GOAL[key]);
const steep = exponents.filter(([, exponent]) => exponent > STEEPEST).map(([name]) => name);
const isCostly = cost !== undefined && cost.statementMs > COST_GOAL.statementMs;
if (steep.length > 0 || isLarge || isCostly) process.exitCode = 1;
printHeadline({
  steepest: Math.max(0, ...exponents.map(([, exponent]) => exponent)),
  steep: steep.join(', '),
  ...(cost && {
    statementMs: rounded(cost.statementMs, 1),
    bareMs: rounded(cost.bareMs, 1),
    stepMs: rounded(cost.stepMs, 0),
  }),
  ...(whole && {
    largestSeconds: rounded(whole.seconds, 2),
    largestMemoryMb: rounded(whole.memoryMb, 0),
    largestResultMb: rounded(whole.resultMb, 2),
    largestReportMb: rounded(whole.reportMb, 2),
  }),
});
