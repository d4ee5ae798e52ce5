import type { CompatibilityRecord } from '../../../artifacts/records/records.ts';
import type { SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { isPassive, lastActive, type Disturbance } from '../disturbances.ts';
import { explainedBy, staleSince } from '../explained-by.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { firstAbove, OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import { namedCause } from './named-cause.ts';
import type { StepRun } from '../step-runs.ts';
import type { WaitBlame } from '../waits/wait-blame.ts';

/** Failed requests of one kind that one cause made fail. */
export interface FailedRequests {
  readonly version: string;
  readonly script: string;
  /** SQLSTATE, `lost` or `unfinished`. */
  readonly sqlstate: string;
  /** Null: before the first step, or the app's own. */
  readonly step: StepRun | null;
  /** Index of the disturbance; null where no statement of the step can be named. */
  readonly cause: number | null;
  readonly rows: readonly number[];
  /** The app fails so by itself as often: nobody is charged with it. */
  readonly own?: true;
}

interface FailureFacts {
  readonly requests: RequestTable;
  readonly steps: readonly StepRun[];
  readonly causes: readonly Disturbance[];
  readonly matrix: readonly CompatibilityRecord[];
  /** What fell with which statement. */
  readonly schema?: readonly SchemaRecord[];
  /** Absent: nothing is known of what requests waited for. */
  readonly blame?: Pick<WaitBlame, 'of'> | undefined;
  /** Requests that the app's own rate of errors explains. */
  readonly own?: ReadonlySet<number> | undefined;
}

/** What happened to a request, and not why. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['unfinished', 'lost']);

/**
 * Who failed because of what. Where the compatibility matrix shows that a script worked before a step and fails with
 * this SQLSTATE after it, the step that broke it is the cause of all that follow; a stale plan is the last change of the
 * schema's. Then what the request waited for; then the first statement from which on it can fail so; then what was in flight when
 * it failed, else the last thing before. A soak or a verify changes nothing and is no cause. Requests that never came to an
 * end, and waited for nothing of the plan, belong to what made most others fail.
 */
export function failedRequests(facts: FailureFacts): FailedRequests[] {
  const { requests, own } = facts;
  const failed: number[] = [];
  requests.outcome.forEach((outcome, row) => {
    if (outcome !== 0) failed.push(row);
  });
  const kindOf = (row: number): string =>
    [requests.version[row], requests.script[row], requests.outcome[row]].join(' ');
  const isOwn = (row: number): boolean => own?.has(row) ?? false;
  const charged = failed.filter((row) => !isOwn(row));
  const kinds = [...groupBy(charged, kindOf).values()];
  const isConsequence = ([row = 0]: readonly number[]): boolean =>
    CONSEQUENCES.has(requests.outcomes[requests.outcome[row] ?? 0] ?? '');
  const told = kinds.filter((rows) => !isConsequence(rows)).flatMap((rows) => byCause(rows, facts));
  const [most] = told.toSorted((a, b) => b.rows.length - a.rows.length);
  const silent = kinds.filter(isConsequence).flatMap((rows) => byCause(rows, facts, most));
  const ofApp = [...groupBy(failed.filter(isOwn), kindOf).values()];
  return [...told, ...silent, ...ofApp.map((rows) => ownKind(rows, requests))];
}

function ownKind(rows: readonly number[], requests: RequestTable): FailedRequests {
  return { ...kindOfRow(rows[0] ?? 0, requests), step: null, cause: null, rows, own: true };
}

function kindOfRow(
  row: number,
  { version, script, outcome, versions, scripts, outcomes }: RequestTable,
): Pick<FailedRequests, 'version' | 'script' | 'sqlstate'> {
  const of = version[row] ?? 0;
  return {
    version: versions[of] ?? '',
    script: scripts[of]?.[script[row] ?? 0] ?? '',
    sqlstate: outcomes[outcome[row] ?? 0] ?? '',
  };
}

function byCause(
  rows: readonly number[],
  { requests, steps, causes, matrix, schema = [], blame: waits }: FailureFacts,
  likely?: FailedRequests,
): FailedRequests[] {
  const kind = kindOfRow(rows[0] ?? 0, requests);
  const { sqlstate } = kind;
  const breaks = breakingSteps(matrix, steps, kind);
  const blame = new Blame({ steps, causes, breaks, sqlstate, likely, schema });
  const ordered = rows.toSorted((a, b) => (requests.endMs[a] ?? 0) - (requests.endMs[b] ?? 0));
  const groups = groupBy(ordered, (failedRow) =>
    blame.of(requests.endMs[failedRow] ?? 0, waits?.of(failedRow)),
  );
  return [...groups].map(([{ step, cause }, group]) => ({
    ...kind,
    step,
    cause,
    rows: group,
  }));
}

/** A step that broke a script, and what PostgreSQL said of it then. */
interface Breaking {
  readonly step: StepRun;
  readonly message: string | null;
}

/** Steps after which the script fails with `sqlstate` although it worked before them. */
function breakingSteps(
  matrix: readonly CompatibilityRecord[],
  steps: readonly StepRun[],
  kind: { version: string; script: string; sqlstate: string },
): Breaking[] {
  const states = matrix.filter(({ version, script }) => version === kind.version && script === kind.script);
  const breaking: Breaking[] = [];
  let worked = false;
  for (const { after, ok, sqlstate, message } of states) {
    const step = lastActive(steps, after);
    if (worked && !ok && sqlstate === kind.sqlstate && step !== undefined) breaking.push({ step, message });
    worked = ok;
  }
  return breaking;
}

/**
 * feature_not_supported: for a prepared statement it is `cached plan must not change result type`, which each connection
 * gets once, at its first use after the result's columns have changed (PostgreSQL's plancache.c).
 */
const STALE_PLAN = '0A000';

interface Cause {
  readonly step: StepRun | null;
  readonly cause: number | null;
}

interface BlameFacts {
  readonly steps: readonly StepRun[];
  readonly causes: readonly Disturbance[];
  readonly breaks: readonly Breaking[];
  readonly schema: readonly SchemaRecord[];
  readonly sqlstate: string;
  /** What made most others fail, for those that say nothing themselves. */
  readonly likely: Pick<FailedRequests, 'step' | 'cause'> | undefined;
}

/** A disturbance by its index among all. */
interface Placed extends Interval {
  readonly at: number;
  readonly rank: number;
}

/** The disturbances of one step, in order of time. */
interface OfStep {
  readonly own: readonly Placed[];
  readonly index: OverlapIndex<Placed>;
}

const NOTHING: OfStep = { own: [], index: new OverlapIndex([]) };

/** Answers who is to blame for a failure at a moment; the same answer is the same object. */
class Blame {
  readonly #facts: BlameFacts;
  readonly #steps: readonly StepRun[];
  readonly #causes: readonly Disturbance[];
  readonly #broken = new Map<StepRun, Cause>();
  readonly #known = new Map<string, Cause>();
  #explained: number | undefined;
  #ofSteps: ReadonlyMap<StepRun, OfStep> | undefined;

  constructor(facts: BlameFacts) {
    this.#facts = facts;
    this.#steps = facts.steps;
    this.#causes = facts.causes;
  }

  /**
   * Moments must come in ascending order: the first failure that a step broke decides which statement did it.
   * @param waitedFor what the request waited for
   */
  of(atMs: number, waitedFor: number | undefined): Cause {
    const { breaks, sqlstate, likely } = this.#facts;
    const broken = breaks.findLast(({ step: { window } }) => window !== null && window.fromMs <= atMs);
    if (broken !== undefined) return this.#brokenBy(broken, atMs);
    const change = sqlstate === STALE_PLAN ? staleSince(this.#causes, atMs) : -1;
    const named = change === -1 ? (waitedFor ?? this.#explaining(atMs)) : change;
    if (named !== undefined) return this.#same(this.#causes[named]?.step ?? null, named);
    if (likely !== undefined) return this.#same(likely.step, likely.cause);
    const begun = this.#steps.findLast((one) => {
      return one.window !== null && one.window.fromMs <= atMs && !isPassive(one);
    });
    if (begun === undefined) return this.#same(null, null);
    return this.#same(begun, this.#inFlight(begun, atMs) ?? this.#lastBefore(begun, atMs));
  }

  /** Causes are in order of time, so that the first one that explains it at all is the first at any moment. */
  #explaining(atMs: number): number | undefined {
    this.#explained ??= explainedBy(this.#facts.sqlstate, this.#causes, Infinity) ?? -1;
    const fromMs = this.#causes[this.#explained]?.fromMs;
    return fromMs !== undefined && fromMs <= atMs ? this.#explained : undefined;
  }

  /** The statement that the message names, if it was there before the first failure; else the last one before that. */
  #brokenBy({ step, message }: Breaking, atMs: number): Cause {
    const known = this.#broken.get(step);
    if (known !== undefined) return known;
    const { sqlstate, schema } = this.#facts;
    const named = namedCause({ sqlstate, message }, step, this.#causes, schema);
    const isBefore = named !== undefined && (this.#causes[named]?.fromMs ?? Infinity) <= atMs;
    const cause = this.#same(step, isBefore ? named : this.#lastBefore(step, atMs));
    this.#broken.set(step, cause);
    return cause;
  }

  #inFlight(step: StepRun, atMs: number): number | null {
    const during = this.#of(step).index.touching({ fromMs: atMs, toMs: atMs });
    const likelier = (a: Placed, b: Placed): Placed =>
      b.rank > a.rank || (b.rank === a.rank && b.at > a.at) ? b : a;
    return during.length === 0 ? null : during.reduce(likelier).at;
  }

  #lastBefore(step: StepRun, atMs: number): number | null {
    const { own } = this.#of(step);
    return own[firstAbove(own, atMs, ({ fromMs }) => fromMs) - 1]?.at ?? null;
  }

  #of(step: StepRun): OfStep {
    this.#ofSteps ??= new Map(
      [...groupBy(this.#causes.entries(), ([, cause]) => cause.step)].map(([of, entries]) => {
        const own = entries.map(([at, { rank, fromMs, toMs }]) => ({ at, rank, fromMs, toMs }));
        return [of, { own, index: new OverlapIndex(own) }];
      }),
    );
    return this.#ofSteps.get(step) ?? NOTHING;
  }

  #same(step: StepRun | null, cause: number | null): Cause {
    const key = `${step?.index ?? 0} ${cause ?? '-'}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh = { step, cause };
    this.#known.set(key, fresh);
    return fresh;
  }
}
