import { analyse, type Analysis } from '../analysis/analyse.ts';
import { diskStalls, stallText, type DiskStall } from '../analysis/disk/disk-stalls.ts';
import { withoutTime } from '../analysis/disk/without-stalls.ts';
import type { Check, CheckFinding, CheckOutcome } from '../check.ts';

/** The ends of a stall may lie so far within the looks beside those that saw it. */
const BESIDE_MS = 250;
/** A budget of these is one of time. */
const UNITS_OF_TIME: ReadonlySet<string | null> = new Set(['ms', 's', 'rows/s']);

/** A run's stalls of disks, and the same run without them, which is made when somebody asks. */
export class Stalls {
  readonly #stalls: readonly DiskStall[];
  /** In which nothing could go on that needed the disk: a lock that was held through one may have waited for it. */
  readonly #standing: readonly DiskStall[];
  readonly #analysis: Analysis;
  readonly #without = new Map<readonly DiskStall[], Analysis>();

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#stalls = diskStalls(analysis.evidence.noise);
    this.#standing = this.#stalls.filter(({ why }) => why === 'stood-still');
  }

  /**
   * What failed by its duration alone, and would not have without the time in which a disk did not do what little was asked of it,
   * is not known to be the plan's: inconclusive, with what the disk did. What takes too long besides stays a failure, and so does
   * what waited for locks while the disk went on, for others.
   */
  softened(check: Check, outcome: CheckOutcome): CheckOutcome {
    if (this.#stalls.length === 0 || !UNITS_OF_TIME.has(check.unit)) return outcome;
    const isTimed = ({ status, measured, budget }: CheckFinding): boolean =>
      status === 'fail' && measured != null && budget != null;
    return {
      ...outcome,
      findings: outcome.findings.map((found) => {
        const stalls = found.isOnlySlow === true ? this.#stalls : this.#standing;
        const worst = isTimed(found) ? this.#worstIn(found, stalls) : undefined;
        if (worst === undefined) return found;
        const { findings: left } = check.run(
          this.#analysisWithout(stalls),
          this.#analysis.evidence.run.budgets,
        );
        const stays = left.some(({ status, step }) => status === 'fail' && step === found.step);
        return stays ? found : inconclusive(found, worst);
      }),
    };
  }

  #analysisWithout(stalls: readonly DiskStall[]): Analysis {
    const known = this.#without.get(stalls);
    if (known !== undefined) return known;
    const made = analyse(withoutTime(this.#analysis.evidence, stalls.map(widened)));
    this.#without.set(stalls, made);
    return made;
  }

  /** The longest that touches the step of a finding. */
  #worstIn({ step }: CheckFinding, stalls: readonly DiskStall[]): DiskStall | undefined {
    const window = this.#analysis.steps.find(({ run }) => run.planned.name === step)?.run.window;
    const { fromMs, toMs } = window ?? { fromMs: -Infinity, toMs: Infinity };
    return stalls
      .filter((stall) => widened(stall).fromMs <= toMs && widened(stall).toMs >= fromMs)
      .toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))[0];
  }
}

function widened({ fromMs, toMs }: DiskStall): { fromMs: number; toMs: number } {
  return { fromMs: fromMs - BESIDE_MS, toMs: toMs + BESIDE_MS };
}

function inconclusive(found: CheckFinding, stall: DiskStall): CheckFinding {
  const message = `${found.message} Meanwhile ${stallText(stall)}; without that time it would have kept the budget, so it is not known to be the plan's doing.`;
  return { ...found, status: 'inconclusive', message, advice: OWN_DISK, insteadSql: null };
}

const OWN_DISK =
  'Rehearse again when nothing else uses the disk, or on a host with a disk of its own; what else is wrong with the plan is told beside this.';
