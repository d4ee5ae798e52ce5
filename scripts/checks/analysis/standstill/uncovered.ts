import type { Analysis, StepAnalysis } from '../analyse.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { isAppOff } from '../traffic/live-versions.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { AppWaits } from './app-waits.ts';
import { ScriptUses } from './script-uses.ts';
import { InFlight, type ScriptRequests } from './requests-within.ts';
import { standstills, type Standstill } from './standstills.ts';
import { FirstNames } from './table-names.ts';

/** A table that a step stopped, and who of the app asked for it meanwhile. */
interface StoppedTable {
  readonly step: StepAnalysis;
  /** Of the step's for that table: the longest, of those that a wait may not take where there are such. */
  readonly standstill: Standstill;
  readonly isLong: boolean;
  /** Requests that would have had to wait for it, by script; those with none are left out. */
  readonly asked: readonly ScriptRequests[];
  /** Some session of the app was seen to wait for it. */
  readonly hadWait: boolean;
}

/** A table that stood still while nothing of the app asked for it. */
export interface Uncovered {
  readonly step: StepAnalysis;
  readonly standstill: Standstill;
  /** Scripts with traffic at that time that use it, as `version/script`: none of their requests for it came. */
  readonly scripts: readonly string[];
}

interface Coverage {
  /** By step, in the order of the plan. */
  readonly stopped: readonly StoppedTable[];
  readonly uncovered: readonly Uncovered[];
}

/**
 * Undefined where the run does not tell what its scripts use, as those of older versions.
 * @param longerThanMs what a wait may take
 */
export function coverage(analysis: Analysis, longerThanMs: number): Coverage | undefined {
  const { schema = [], requests } = analysis.evidence;
  if (requests === undefined || !schema.some(({ type }) => type === 'tables')) return undefined;
  const names = new FirstNames(
    schema,
    analysis.steps.map(({ run }) => run.planned.name),
  );
  const uses = new ScriptUses(analysis, names);
  const waits = new AppWaits(analysis, names);
  const inFlight = new InFlight(requests);
  const running = analysis.steps.filter((step) => !isAppOff(step, analysis));
  const stopped = running.flatMap((step) =>
    worstOfEach(standstills(step, names), longerThanMs).map((standstill): StoppedTable => ({
      step,
      standstill,
      isLong: lengthMs(standstill) > longerThanMs,
      asked: inFlight.within(standstill, (version, script) =>
        uses.isStopped(version, script, standstill.table, standstill.stopped),
      ),
      hadWait: waits.haveAny(standstill.table, standstill),
    })),
  );
  const uncovered = stopped.filter(isUncovered).map(({ step, standstill }): Uncovered => {
    const mayBe = (version: string, script: string): boolean =>
      uses.mayBeStopped(version, script, standstill.table, standstill.stopped);
    return { step, standstill, scripts: scriptsWith(step, analysis, mayBe) };
  });
  return { stopped, uncovered };
}

export function isUncovered({ isLong, asked, hadWait }: StoppedTable): boolean {
  return isLong && !hadWait && asked.length === 0;
}

/** Of each table what stopped it longest; that all was stopped says more than that writes were. */
function worstOfEach(own: readonly Standstill[], longerThanMs: number): Standstill[] {
  const isLong = (one: Standstill): boolean => lengthMs(one) > longerThanMs;
  const worstFirst = (a: Standstill, b: Standstill): number =>
    Number(isLong(b)) - Number(isLong(a)) ||
    Number(b.stopped === 'all') - Number(a.stopped === 'all') ||
    lengthMs(b) - lengthMs(a);
  return [...groupBy(own, ({ table }) => table).values()].flatMap((of) =>
    of.toSorted(worstFirst).slice(0, 1),
  );
}

export function lengthMs({ fromMs, toMs }: Interval): number {
  return toMs - fromMs;
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
