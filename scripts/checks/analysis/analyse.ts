import type { Evidence } from '../evidence/evidence.ts';
import { sentTries } from './commands/sent-tries.ts';
import { awayIntervals, crashesOnPurpose, planPidsOf, unexpected, withoutAway } from './away.ts';
import { backfillFigures, type BackfillFigures } from './backfill.ts';
import { WaitGraph } from './waits/blockers.ts';
import { attributedWaits } from './waits/attributed-waits.ts';
import { blockedSessions, NONE_BLOCKED, type BlockedSessions } from './waits/blocked-sessions.ts';
import { disturbances, type Disturbance } from './disturbances.ts';
import { failedRequests, type FailedRequests } from './traffic/failures.ts';
import { generatorFigures, type GeneratorFigures } from './traffic/generator-figures.ts';
import { groupBy } from '../../shared/group-by.ts';
import { largest } from './largest.ts';
import { OwnWaits } from './waits/own-waits.ts';
import { ranBy } from './commands/sent-statements.ts';
import type { OverlapIndex } from '../../shared/intervals/overlap-index.ts';
import {
  baselineByScript,
  baselineLatency,
  latencyByVersion,
  scriptKey,
  stepLatency,
} from './traffic/latency.ts';
import { liveVersions, type LiveVersions } from './traffic/live-versions.ts';
import type { Latency } from './traffic/percentiles.ts';
import type { RequestTable } from '../evidence/request-table.ts';
import type { CompatibilityRecord, OutsideLockRecord } from '../../artifacts/records/records.ts';
import { PreparedHolds, type PreparedHold } from './prepared.ts';
import { mergeTries, type StatementAnalysis } from './statements.ts';
import { strangers, type Stranger } from './strangers.ts';
import { slowScripts, type SlowScript } from './slower/slow-scripts.ts';
import { standbyFigures, type StandbyFigures } from './standby-figures.ts';
import { presences, type Presence } from './presence.ts';
import { arrangeSteps, lastMomentMs, type StepRun } from './step-runs.ts';
import { baselineErrors, type BaselineErrors } from './own-errors/baseline-errors.ts';
import { ownCells } from './own-errors/own-cells.ts';
import { ownFailures } from './own-errors/own-failures.ts';
import { outsideLocks, type LockSpan } from './waits/outside-locks.ts';
import { Victims, type VictimCount } from './traffic/victim-count.ts';
import {
  delayedRequests,
  victimThresholdMs,
  type DelayedRequests,
  type Thresholds,
} from './traffic/victims.ts';
import { WaitBlame } from './waits/wait-blame.ts';
import { commandWaits, outsideEffect, type OutsideEffect } from './traffic/outside-effect.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import { waitSpans, type WaitSpan } from './waits/waits.ts';
import type { StatementTry } from './waits/windows.ts';
import { triesOf } from './tries.ts';

/** One step and all that is known of it. */
export interface StepAnalysis {
  readonly run: StepRun;
  readonly tries: readonly StatementTry[];
  readonly statements: readonly StatementAnalysis[];
  /** Of a command: its statements, with the locks that were seen from outside; what they did to the app is told of the step. */
  readonly sent: readonly StatementTry[];
  /** Of the step as a whole: its statements' and those that no statement can be named for. */
  readonly victims: VictimCount;
  /** Of a step without statements; of a step with statements: see there. */
  readonly blocked: BlockedSessions;
  /** Locks of a step without statements, seen from outside. */
  readonly outsideLocks: readonly LockSpan[];
  /** What a command did by them, and whom its sessions waited for; null for all other steps and where nothing was seen. */
  readonly outside: OutsideEffect | null;
  /** Null where the step did not run or no requests were recorded. */
  readonly latency: Latency | null;
  readonly backfill: BackfillFigures | null;
}

/** Everything that checks and the result are made from. */
export interface Analysis {
  readonly evidence: Evidence;
  readonly steps: readonly StepAnalysis[];
  readonly baseline: Latency | null;
  readonly thresholdMs: number;
  readonly traffic: Readonly<Record<string, Latency>>;
  readonly failures: readonly FailedRequests[];
  /** What the app failed with by itself, before the plan. */
  readonly ownErrors: readonly BaselineErrors[];
  /** Tries of the matrix that failed as the app fails by itself. */
  readonly ownCells: ReadonlySet<CompatibilityRecord>;
  /** Null where no requests were recorded. */
  readonly delayed: DelayedRequests | null;
  /** Sessions that nobody knows, and that the app waited for. */
  readonly strangers: readonly Stranger[];
  /** Prepared transactions that somebody waited for. */
  readonly prepared: readonly PreparedHold[];
  /** By state of the schema: at the start and after each step. */
  readonly live: readonly LiveVersions[];
  /** What failures and victims refer to by index. */
  readonly causes: readonly Disturbance[];
  /** Scripts that stayed slower behind a step, for a reason of their own. */
  readonly slow: readonly SlowScript[];
  readonly generator: GeneratorFigures | null;
  readonly standby: StandbyFigures | null;
  /** When a server or the tool was away through no doing of the plan's; requests of those times are not in `evidence`. */
  readonly away: readonly Interval[];
  /** Who else was to be there; empty = nobody, or not recorded by an older run. */
  readonly company: readonly Presence[];
}

/** Pure: the same evidence gives the same analysis. */
export function analyse(whole: Evidence): Analysis {
  const away = awayIntervals(unexpected(whole), planPidsOf(whole));
  const evidence = withoutAway(whole, [...away, ...crashesOnPurpose(whole.steps)]);
  const { requests, load } = evidence;
  const runs = arrangeSteps(evidence);
  const waits = waitsOf(evidence);
  const prepared = new PreparedHolds(evidence.waits ?? [], runs);
  const ownWaits = new OwnWaits(waits, runs.flatMap(ranBy));
  const tried = triesOf(runs, evidence, ownWaits, prepared);
  const causes = disturbances(tried, (step) => prepared.untilMs(step));
  const baseline = baselineLatency(requests, load) ?? null;
  const thresholdMs = evidence.run.load.delayedOverMs ?? victimThresholdMs(baseline?.p99Ms);
  const locksOf = groupBy(evidence.locks ?? [], ({ step }) => step);
  const pidsOf = (step: string): Set<number> =>
    new Set([...(locksOf.get(step)?.map(({ pid }) => pid) ?? []), ...prepared.idsOf(step)]);
  const attributed = attributedWaits(waits, causes, pidsOf, prepared);
  const blame = requests && new WaitBlame(requests, attributed);
  const waitedFor = (row: number): number | undefined => blame?.of(row);
  const delayed =
    requests && delayedRequests(requests, causes, thresholdsOf(requests, evidence, thresholdMs), waitedFor);
  const ownErrors = requests ? baselineErrors(requests, load) : [];
  const ofApp = requests && ownFailures({ requests, steps: runs, baseline: ownErrors, waitedFor });
  const { schema = [], compatibility: looked = [] } = evidence;
  const cells = ownCells(looked, ownErrors, evidence.run.load.versions[0]?.name);
  const matrix = looked.map((cell) => (cells.has(cell) ? { ...cell, ok: true } : cell));
  const failures = requests
    ? failedRequests({ requests, steps: runs, causes, matrix, blame, own: ofApp, schema })
    : [];
  const victims = victimsOf(evidence, { delayed, failures, baseline });
  const blocked = blockedSessions(attributed);
  const own = { victims, blocked, locksOf, ownWaits };
  const facts: Facts = { evidence, causes, delayed, ...own, ...indexed(evidence, causes, waits) };
  return {
    evidence,
    away,
    steps: tried.map(({ step, tries }) => stepAnalysis(step, tries, facts)),
    baseline,
    thresholdMs,
    traffic: requests ? latencyByVersion(requests) : {},
    failures,
    ownErrors,
    ownCells: cells,
    delayed: delayed ?? null,
    strangers: strangers(waits, attributed),
    prepared: prepared.all,
    causes,
    live: liveVersions(evidence.run.load.versions[0]?.name, runs),
    slow: slowScripts(evidence, runs, delayed?.waited ?? new Set()),
    generator: requests ? generatorFigures(requests, load) : null,
    standby: standbyFigures(evidence, runs),
    company: presences(evidence.actors ?? [], lastMomentMs(evidence)),
  };
}

function waitsOf({ waits = [], exactWaits = [] }: Evidence): WaitSpan[] {
  return waitSpans(
    waits,
    exactWaits.filter((record) => record.type === 'wait'),
  );
}

/**
 * A script is judged by what it took itself: beside one that takes seconds, no delay of a quick one would show. What the author
 * says is that of every script, whatever the baseline of the night.
 */
function thresholdsOf(
  requests: RequestTable,
  { load, run }: Pick<Evidence, 'load' | 'run'>,
  thresholdMs: number,
): Thresholds {
  if (run.load.delayedOverMs !== undefined) return { ms: thresholdMs, of: () => thresholdMs };
  const own = new Map(
    [...baselineByScript(requests, load)].map(([key, { p99Ms }]) => [key, victimThresholdMs(p99Ms)]),
  );
  return { ms: thresholdMs, of: (row) => own.get(scriptKey(requests, row)) ?? thresholdMs };
}

interface Facts {
  readonly evidence: Evidence;
  readonly causes: readonly Disturbance[];
  /** Their indexes by step. */
  readonly causesOf: ReadonlyMap<StepRun | undefined, readonly number[]>;
  readonly delayed: DelayedRequests | undefined;
  readonly victims: Victims;
  readonly blocked: ReadonlyMap<number, BlockedSessions>;
  /** Seen from outside, by step. */
  readonly locksOf: ReadonlyMap<string, readonly OutsideLockRecord[]>;
  readonly ownWaits: OwnWaits;
  readonly commandWaits: OverlapIndex<WaitSpan>;
  readonly graph: WaitGraph;
}

function victimsOf(
  { requests, run }: Evidence,
  { baseline, ...known }: Pick<Facts, 'delayed'> & Pick<Analysis, 'failures' | 'baseline'>,
): Victims {
  const budgetMs = run.budgets.p99Ms ?? null;
  return new Victims({ requests, ...known, medianMs: baseline?.p50Ms ?? 0, budgetMs });
}

function indexed(
  { locks = [] }: Evidence,
  causes: readonly Disturbance[],
  waits: readonly WaitSpan[],
): Pick<Facts, 'causesOf' | 'commandWaits' | 'graph'> {
  return {
    causesOf: groupBy(causes.keys(), (index) => causes[index]?.step),
    commandWaits: commandWaits(waits, locks),
    graph: new WaitGraph(waits),
  };
}

function stepAnalysis(run: StepRun, tries: readonly StatementTry[], facts: Facts): StepAnalysis {
  const { evidence, causes, causesOf, blocked, victims, ownWaits } = facts;
  const own = causesOf.get(run) ?? [];
  const locks = facts.locksOf.get(run.planned.name) ?? [];
  const indexOf = new Map(own.map((index) => [causes[index]?.statement, index]));
  const ofTry = (statement: StatementTry): number => indexOf.get(statement) ?? -1;
  const spans = run.window !== null && tries.length === 0 ? outsideLocks(locks, run.window) : [];
  return {
    run,
    tries,
    sent: sentTries(run, locks, ownWaits, evidence),
    statements: mergeTries(tries, {
      ofTry,
      count: (indexes) => victims.of(indexes),
      blocked,
      graph: facts.graph,
    }),
    victims: victims.of(own, run),
    blocked: (tries.length === 0 ? blocked.get(own[0] ?? -1) : undefined) ?? NONE_BLOCKED,
    outsideLocks: spans,
    outside:
      run.window !== null && run.planned.kind === 'command'
        ? outsideEffect(run.window, spans, locks, facts)
        : null,
    latency: latencyWithin(run, own, facts),
    backfill:
      backfillFigures((evidence.batches ?? []).filter(({ step }) => step === run.planned.name)) ?? null,
  };
}

function latencyWithin(run: StepRun, own: readonly number[], facts: Facts): Latency | null {
  const { evidence, delayed } = facts;
  if (run.window === null || evidence.requests === undefined || delayed === undefined) return null;
  const drainedMs = largest(own.map((index) => delayed.drainedMs[index] ?? 0));
  const ofStep = new Set(own);
  return stepLatency(evidence.requests, run.window, drainedMs, (row) => {
    const cause = delayed.causeOf.get(row);
    return cause !== undefined && !ofStep.has(cause);
  });
}
