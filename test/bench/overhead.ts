import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availabilityOf } from '../../infra/targets/choose-target.ts';
import { allTargets } from '../../infra/targets/index.ts';
import { tinyRehearsal } from '../support/tiny-rehearsal.ts';
import { overheadOf, PARTS, startOf, type Overhead } from './overhead-run.ts';
import { median, rounded } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';

/*
 * What a run takes around its plan: from the command to the first statement and from the last statement to the exit, part by part, for a
 * tiny rehearsal without warm-up on each target that is here. And what the command line takes to start.
 */

const ROUNDS = 5;
const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 100/s, connections: 8, warmup: 0s, cooldown: 0s, versions: { old: workload/old } }
`;
const PLAN = '  - { phase: expand, sql: sql/1.sql }';
const FILES = { 'sql/1.sql': 'alter table customers add column note text;' };

/** By target; `local` with a standby has three hosts. */
const POSTGRES: Readonly<Record<string, string>> = { embedded: '', local: 'postgres: { standby: true }\n' };

async function runsOn(target: string, out: string): Promise<Overhead[]> {
  const tiny = await tinyRehearsal(PLAN, FILES, HEAD + (POSTGRES[target] ?? ''));
  try {
    const runs: Overhead[] = [];
    // The first fills caches of the operating system and does not count.
    for (let round = 0; round <= ROUNDS; round++)
      runs.push(await overheadOf(tiny.dir, target, join(out, `${target}-${round}`)));
    return runs.slice(1);
  } finally {
    await tiny.remove();
  }
}

const middle = (runs: readonly Overhead[], figure: (run: Overhead) => number): number =>
  median(runs.map(figure));

/** The medians of a command's starts. */
async function printStarts(
  commands: Readonly<Record<string, readonly string[]>>,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, args] of Object.entries(commands)) {
    const starts = [];
    for (let round = 0; round <= ROUNDS; round++) starts.push(await startOf(args));
    figures[`${name}Ms`] = Math.round(median(starts.slice(1).map(({ ms }) => ms)));
    figures[`${name}CpuMs`] = Math.round(median(starts.slice(1).map(({ cpuMs }) => cpuMs)));
  }
  const rows = Object.keys(commands).map((name) => [
    name,
    figures[`${name}Ms`] ?? NaN,
    figures[`${name}CpuMs`] ?? NaN,
  ]);
  printTable(`the command line, medians of ${ROUNDS}`, ['', 'ms', 'CPU ms'], rows);
  return figures;
}

printLine(machineLine());
const out = await mkdtemp(join(tmpdir(), 'bench-overhead-'));
const headline: Record<string, number> = {};
try {
  Object.assign(
    headline,
    await printStarts({ help: ['--help'], check: ['check', 'rehearsals/rename-column'] }),
  );
  const byTarget = new Map<string, Overhead[]>();
  for (const target of allTargets().filter(({ name }) => name in POSTGRES)) {
    const found = await availabilityOf(target);
    if (found.available) byTarget.set(target.name, await runsOn(target.name, out));
    else printLine(`target ${target.name} is not here: ${found.why}`);
  }
  printTable(
    `a run around its plan, ms, medians of ${ROUNDS}`,
    ['', ...byTarget.keys()],
    PARTS.map((part) => [
      part,
      ...[...byTarget.values()].map((runs) => Math.round(middle(runs, (run) => run.parts[part]))),
    ]),
  );
  for (const [target, runs] of byTarget) {
    headline[`${target}BeforeS`] = rounded(middle(runs, (run) => run.beforeMs) / 1000);
    headline[`${target}AfterS`] = rounded(middle(runs, (run) => run.afterMs) / 1000);
  }
} finally {
  await rm(out, { recursive: true });
}
printHeadline(headline);
