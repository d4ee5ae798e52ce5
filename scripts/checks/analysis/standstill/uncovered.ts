import type { Analysis, StepAnalysis } from '../analyse.ts';
import type { Interval } from '../intervals.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { AppWaits } from './app-waits.ts';
import { ScriptUses } from './script-uses.ts';
import { standstills, type Standstill } from './standstills.ts';
import { FirstNames } from './table-names.ts';

/** A table that stood still while nothing of the app asked for it. */
export interface Uncovered {
  readonly step: StepAnalysis;
  readonly standstill: Standstill;
  /** Scripts with traffic at that time that use it, as `version/script`: none of their requests for it came. */
  readonly scripts: readonly string[];
}

export interface Coverage {
  readonly uncovered: readonly Uncovered[];
  /** The longest that any table stood still, asked for or not. */
  readonly longestMs: number;
}

/** Undefined where the run does not tell what its scripts use, as those of older versions. */
export function coverage(analysis: Analysis, longerThanMs: number): Coverage | undefined {
  const { schema = [], requests } = analysis.evidence;
  if (requests === undefined || !schema.some(({ type }) => type === 'tables')) return undefined;
  const names = new FirstNames(
    schema,
    analysis.steps.map(({ run }) => run.planned.name),
  );
  const uses = new ScriptUses(analysis, names);
  const waits = new AppWaits(analysis, names);
  const all = analysis.steps.map((step) => ({ step, own: standstills(step, names) }));
  const uncovered = all.flatMap(({ step, own }) =>
    worstOfEach(own.filter((one) => lengthMs(one) > longerThanMs)).flatMap((standstill): Uncovered[] => {
      if (waits.haveAny(standstill.table, standstill)) return [];
      const { table, stopped } = standstill;
      const isStopped = (version: string, script: string): boolean =>
        uses.isStopped(version, script, table, stopped);
      if (hasRequest(requests, standstill, isStopped)) return [];
      const mayBe = (version: string, script: string): boolean =>
        uses.mayBeStopped(version, script, table, stopped);
      return [{ step, standstill, scripts: scriptsWith(step, analysis, mayBe) }];
    }),
  );
  return { uncovered, longestMs: Math.max(0, ...all.flatMap(({ own }) => own.map(lengthMs))) };
}

/** Of each table what stopped it longest; that all was stopped says more than that writes were. */
function worstOfEach(own: readonly Standstill[]): Standstill[] {
  const worst = new Map<string, Standstill>();
  for (const one of own) {
    const known = worst.get(one.table);
    const isWorse =
      known === undefined ||
      (known.stopped === one.stopped ? lengthMs(one) > lengthMs(known) : one.stopped === 'all');
    if (isWorse) worst.set(one.table, one);
  }
  return [...worst.values()];
}

export function lengthMs({ fromMs, toMs }: Interval): number {
  return toMs - fromMs;
}

/** Whether a request of such a script was due or in flight in that time. */
function hasRequest(
  { count, intendedMs, endMs, version, script, versions, scripts }: RequestTable,
  { fromMs, toMs }: Interval,
  isStopped: (version: string, script: string) => boolean,
): boolean {
  const counts = scripts.map((names, index) => names.map((name) => isStopped(versions[index] ?? '', name)));
  for (let row = 0; row < count && (intendedMs[row] ?? 0) <= toMs; row++) {
    if ((endMs[row] ?? 0) >= fromMs && counts[version[row] ?? 0]?.[script[row] ?? 0] === true) return true;
  }
  return false;
}

function scriptsWith(
  step: StepAnalysis,
  { live, evidence }: Analysis,
  isStopped: (version: string, script: string) => boolean,
): string[] {
  const versions = live.find(({ after }) => after === step.run.planned.name)?.live ?? [];
  return evidence.run.load.versions
    .filter(({ name }) => versions.includes(name))
    .flatMap(({ name: version, scripts }) =>
      scripts
        .filter(({ name }) => isStopped(version, name))
        .map(({ name }) => (versions.length > 1 ? `${version}/${name}` : name)),
    );
}
