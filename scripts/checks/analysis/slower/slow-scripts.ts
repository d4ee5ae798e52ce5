import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import type { StepRun } from '../step-runs.ts';
import { lastMomentMs, loadEndMs } from '../step-runs.ts';
import { beganAt, type Began } from './began.ts';
import { causeOf } from './causes.ts';
import { slowInGap } from './in-gap.ts';
import { ScriptPlanHistory } from './script-plans.ts';
import { statisticsGaps } from './statistics-gaps.ts';
import { calmStretches, samplesWithin } from './times.ts';

/** A script that runs slower from a step on, while nothing of the plan stands in its way. */
export interface SlowScript extends Began {
  /** `<version> <script>` as indexes of the requests. */
  readonly key: string;
  readonly version: string;
  readonly script: string;
}

/** @param waited requests that waited for a lock: what slowed them down is known */
export function slowScripts(
  evidence: Evidence,
  steps: readonly StepRun[],
  waited: ReadonlySet<number>,
): SlowScript[] {
  const { requests, load, schema = [] } = evidence;
  if (requests === undefined) return [];
  const endMs = loadEndMs(evidence) ?? lastMomentMs(evidence);
  const stretches = calmStretches({ requests, load, steps, waited, endMs });
  const plans = new ScriptPlanHistory(schema, steps);
  const gaps = statisticsGaps(steps);
  const course = { records: schema, plans, gaps };
  const sampled = gaps.map((gap) => ({ gap, samples: samplesWithin(requests, gap, waited) }));
  const keys = [...new Set(stretches.flatMap(({ samples }) => [...samples.keys()]))];
  const found = keys.flatMap((key) => {
    const named = nameOf(key, requests);
    const began =
      beganAt(key, stretches, (candidates) => causeOf(named, candidates, course)) ??
      slowInGap(key, stretches, sampled, (step) => plans.before(named.version, named.script, step));
    return began === undefined ? [] : [{ key, ...named, ...began }];
  });
  return found.filter((slow) => slow.cause !== null || !isBeside(slow, found));
}

/** What others take of the machine slows a script down as well: it needs no cause of its own. */
function isBeside(slow: SlowScript, all: readonly SlowScript[]): boolean {
  return all.some(({ cause, step }) => cause !== null && step.index <= slow.step.index);
}

function nameOf(key: string, { versions, scripts }: RequestTable): { version: string; script: string } {
  const [version = 0, script = 0] = key.split(' ').map(Number);
  return { version: versions[version] ?? '', script: scripts[version]?.[script] ?? '' };
}
