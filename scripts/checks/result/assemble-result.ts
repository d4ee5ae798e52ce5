import { defined } from '../../plan/schema/defined.ts';
import { appTrouble } from '../of-app/app-trouble.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { groupBy } from '../../shared/group-by.ts';
import { lastMomentMs } from '../analysis/step-runs.ts';
import { victimThresholdFrom } from '../analysis/traffic/victims.ts';
import { timelineSeconds } from '../analysis/traffic/timeline-seconds.ts';
import { batchPoints, drawable, lagPoints, lockBars } from '../analysis/traffic/timeline.ts';
import { noisePoints } from '../analysis/noise.ts';
import { matrixStates } from '../analysis/matrix.ts';
import { downtimeMs, maintenanceWindows } from '../analysis/traffic/maintenance.ts';
import { coverageResults } from './coverage-results.ts';
import { environmentResult } from './environment-result.ts';
import { driftResult } from './drift/drift-result.ts';
import { fewerStatements } from './fewer/fewer-statements.ts';
import { fewerTables } from './fewer/fewer-tables.ts';
import { headline, verdictOf } from './headline.ts';
import { interruptionResults } from './interruption-results.ts';
import { knownLimits } from '../limits/known-limits.ts';
import type { Result } from './contract/result.ts';
import { rounded } from './rounded.ts';
import { waitFacts } from '../analysis/wait-tier.ts';
import type { Judgement } from '../run-checks.ts';
import { storageResult } from './storage-results.ts';
import { stepResults } from './step-results.ts';
import { wayBackResults } from './way-back-results.ts';

/** The one document that renderers read. */
export function assembleResult(analysis: Analysis, judgement: Judgement): Result {
  const { evidence, traffic, baseline, thresholdMs } = analysis;
  const { run } = evidence;
  const verdict = verdictOf(analysis, judgement);
  const steps = stepResults(analysis);
  const errors = errorsOf(analysis);
  return rounded({
    schemaVersion: 1,
    toolVersion: run.toolVersion,
    runId: run.runId,
    rehearsal: run.rehearsal,
    target: run.target,
    // The clock of a run on a driver host starts when its hosts are there; the run began before.
    startedAt: evidence.playing?.startedAt ?? evidence.environment?.startedAt ?? run.startedAt,
    endedAt: run.endedAt ?? new Date(Date.parse(run.startedAt) + lastMomentMs(evidence)).toISOString(),
    outcome: run.outcome,
    problem: run.problem,
    verdict,
    headline: headline(verdict, judgement, { steps, checks: judgement.checks, errors }),
    findings: judgement.findings.map(({ finding }) => finding),
    checks: judgement.checks,
    steps: fewerStatements(steps, judgement.findings),
    compatibility: matrixOf(analysis),
    traffic: { ...traffic },
    errors,
    ...(analysis.ownErrors.length > 0 && { ownErrors: analysis.ownErrors.map((one) => ({ ...one })) }),
    baseline,
    victimThresholdMs: thresholdMs,
    victimThresholdFrom: victimThresholdFrom(baseline?.p99Ms, evidence.run.load.delayedOverMs),
    generator: generatorOf(analysis),
    timeline: timelineOf(analysis),
    actors: analysis.company.map(({ actor, kind, fromMs, toMs, message }) => ({
      name: actor,
      kind,
      fromMs,
      toMs,
      note: message,
    })),
    standby: standbyOf(analysis),
    environment: environmentResult(analysis),
    snapshot: snapshotOf(analysis),
    load: {
      ratePerSec: run.load.ratePerSec,
      connections: run.load.connections,
      seed: run.seed,
      versions: run.load.versions.map(({ name }) => name),
    },
    ...sourceOf(analysis),
    ...playingOf(analysis),
    ...maintenanceOf(analysis),
    ...storageResult(analysis),
    ...wayBackResults(analysis),
    ...interruptionResults(analysis),
    ...coverageResults(analysis),
    waits: waitFacts(evidence),
    limits: knownLimits(analysis),
  });
}

function matrixOf(analysis: Analysis): Result['compatibility'] {
  return matrixStates(analysis).map(
    ({ record: { after, version, script, ok, sqlstate, message }, works, live }) => ({
      after,
      version,
      script,
      ok: works,
      sqlstate,
      ...(message === null ? {} : { message }),
      live,
      ...(works && !ok && { own: true as const }),
    }),
  );
}

/** What was rehearsed, and from what it was judged. */
function sourceOf({ evidence: { run } }: Analysis): Pick<Result, 'planSha256' | 'origin' | 'evidenceSha256'> {
  const { planSha256, origin, seal } = run;
  return { planSha256, ...(origin && { origin: { ...origin } }), evidenceSha256: seal?.sha256 ?? null };
}

/** Nothing where the plan was played once, to the app alone. */
function playingOf({ evidence: { playing, run } }: Analysis): Pick<Result, 'playing'> {
  const planned = run.playings ?? [];
  const one = playing ?? planned[0];
  if (one === undefined || (planned.length < 2 && one.scenario === 'quiet')) return {};
  const { index, scenario, repetition, planName } = one;
  const plan = defined({ plan: planName });
  return { playing: { index, of: planned.length, scenario, repetition, ...plan } };
}

/** Nothing where the app was never off. */
function maintenanceOf({ evidence, steps }: Analysis): Pick<Result, 'downtimeSeconds' | 'maintenance'> {
  const windows = maintenanceWindows(evidence);
  const isPlanned = evidence.run.plan.some(({ kind }) => kind === 'maintenance');
  if (!isPlanned && windows.length === 0) return {};
  const ms = downtimeMs(
    windows,
    steps.map(({ run }) => run),
  );
  return { downtimeSeconds: ms / 1000, maintenance: windows };
}

function errorsOf(analysis: Analysis): Result['errors'] {
  const { failures } = analysis;
  const kinds = groupBy(failures, ({ version, script, sqlstate, step, own }) =>
    [version, script, sqlstate, step?.index ?? 0, own].join(' '),
  );
  return [...kinds.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const { version, script, sqlstate, step, own } = first;
    const count = [first, ...rest].reduce((sum, { rows }) => sum + rows.length, 0);
    const { message } = appTrouble({ version, script, sqlstate, step, statement: null }, analysis);
    return {
      version,
      script,
      step: step?.planned.name ?? null,
      sqlstate,
      count,
      ...(message === '' ? {} : { message }),
      ...(own && { own }),
    };
  });
}

function generatorOf({ generator }: Analysis): Result['generator'] {
  if (generator === null) return null;
  const { lagP50Ms, lagP99Ms, lagMaxMs, reconnects, unfinished } = generator;
  return { lagP50Ms, lagP99Ms, lagMaxMs, reconnects, unfinished };
}

function timelineOf({ evidence, steps, standby }: Analysis): Result['timeline'] {
  const { requests, locks = [], batches = [], server = [] } = evidence;
  const noise = noisePoints(evidence.noise);
  return {
    seconds: requests
      ? timelineSeconds(requests).map((second) => ({ ...second, requests: { ...second.requests } }))
      : [],
    locks: drawable(steps.flatMap((step) => lockBars(step.run, step.tries, locks))),
    batches: batchPoints(batches),
    lag: standby === null ? [] : lagPoints(server),
    ...(noise.length > 0 && { noise }),
  };
}

function standbyOf({ standby }: Analysis): Result['standby'] {
  if (standby === null) return null;
  const { write, flush, replay, peak, gaps } = standby;
  return {
    writeLagMs: write.ms,
    flushLagMs: flush.ms,
    replayLagMs: peak?.lagMs ?? null,
    writeLagBytes: write.bytes,
    flushLagBytes: flush.bytes,
    replayLagBytes: replay.bytes,
    peakMs: peak?.tMs ?? null,
    peakStep: peak?.step?.planned.name ?? null,
    gaps: gaps.map(({ fromMs, toMs }) => ({ fromMs, toMs })),
  };
}

function snapshotOf({ evidence: { snapshot } }: Analysis): Result['snapshot'] {
  if (snapshot === undefined) return null;
  const {
    kind,
    sha256,
    takenAt,
    sourceBytes,
    bytes,
    restoreMs,
    base,
    tables,
    drift,
    disarmed = [],
  } = snapshot;
  return {
    kind,
    sha256,
    takenAt,
    sourceBytes,
    bytes,
    restoreMs,
    ...(base && { base: { madeInMs: base.madeInMs } }),
    ...fewerTables(tables),
    ...driftResult(drift),
    ...(disarmed.length > 0 && { disarmed: [...disarmed] }),
  };
}
