import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { sampleChecks, sampleFinding } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';
import { noise } from './sample-timeline.ts';

type Environment = Result['environment'];
type Lag = Result['timeline']['lag'][number];

/** The passing change on three hosts with a standby that kept up, and nothing left of them. */
export function hostsResult(rest: Partial<Result> = {}, environment: Partial<Environment> = {}): Result {
  const quiet = passingResult();
  return {
    ...quiet,
    target: 'local',
    checks: sampleChecks({ replicationLag: { status: 'pass', measured: 1400, budget: 5000 } }),
    timeline: { ...quiet.timeline, lag: seconds((second) => (second >= 58 && second < 176 ? 1 : 0)) },
    standby: {
      writeLagMs: 41,
      flushLagMs: 212,
      replayLagMs: 1400,
      writeLagBytes: 1_310_720,
      flushLagBytes: 5_767_168,
      replayLagBytes: 60_817_408,
      peakMs: 95_000,
      peakStep: 'backfill-name',
      gaps: [],
    },
    environment: {
      ...quiet.environment,
      hosts: 3,
      hostInfo: [
        { role: 'primary', address: '10.89.7.10', cpus: 2, memoryBytes: 4 * 1024 ** 3 },
        { role: 'standby', address: '10.89.7.11', cpus: 1, memoryBytes: 2 * 1024 ** 3 },
        { role: 'driver', address: '10.89.7.20', cpus: null, memoryBytes: null },
      ],
      created: { network: 1, host: 3, server: 2 },
      engine: 'Pulumi 3.259.0, commands by the built-in stand-in',
      createMs: 6800,
      destroyMs: 2200,
      firstStatementMs: 71_400,
      emptyMs: 3100,
      hours: 0.21,
      ...environment,
    },
    ...rest,
  };
}

/** Rented hosts: the standby falls behind and then goes, and the sweep finds two things. */
export function lostStandbyResult(): Result {
  const message = 'Step 3 backfill-name left the standby 9.20 s behind (budget 5.00 s).';
  const gone =
    'The standby stopped streaming in step 5 deploy-new and did not come back before the load ended: how far it fell behind is not known (budget 5.00 s).';
  const lag = seconds((second) => (second >= 58 && second < 176 ? 6.6 : 0));
  const base = hostsResult();
  const check = { check: 'replicationLag', budget: 5000, unit: 'ms' };
  return hostsResult(
    {
      target: 'rented',
      verdict: 'fail',
      headline: message,
      findings: [
        sampleFinding({ ...check, step: 'backfill-name', measured: 9200, message }),
        sampleFinding({ ...check, step: 'deploy-new', message: gone }),
        sampleFinding({
          check: 'leftovers',
          status: 'warn',
          message: '2 things of the run are left behind.',
        }),
      ],
      checks: sampleChecks({
        replicationLag: {
          status: 'fail',
          measured: 9200,
          budget: 5000,
          title: 'The standby fell behind further than the budget allows',
        },
        leftovers: { status: 'warn', measured: 2, title: 'Something of the run was left behind' },
      }),
      timeline: {
        ...base.timeline,
        lag: lag.map((point) =>
          point.tMs < 200_000 ? point : { ...point, writeLagMs: null, flushLagMs: null, replayLagMs: null },
        ),
      },
      standby: {
        writeLagMs: 270,
        flushLagMs: 1400,
        replayLagMs: 9200,
        writeLagBytes: 8_650_752,
        flushLagBytes: 38_063_308,
        replayLagBytes: 401_604_608,
        peakMs: 118_000,
        peakStep: 'backfill-name',
        gaps: [{ fromMs: 200_000, toMs: null }],
      },
    },
    {
      leftovers: 2,
      left: ['host rented-7 (primary)', 'network 10.89.7.0/24'],
      price: { amountPerHour: 0.0267, currency: 'USD' },
      cost: { amount: 0.00187, currency: 'USD' },
    },
  );
}

/** Left up on purpose after a pass. */
export function keptResult(): Result {
  const checks = hostsResult().checks.map((check) =>
    check.id === 'leftovers'
      ? { ...check, measured: null, title: 'The environment was kept up on purpose' }
      : check,
  );
  const kept = { destroyMs: null, emptyMs: null, leftovers: null, keptUntil: '2026-11-22T02:48:19.000Z' };
  return hostsResult({ checks }, kept);
}

/** Lags second by second: small ones, and `height` times a second and a half while the backfill runs. */
function seconds(height: (second: number) => number): Lag[] {
  return Array.from({ length: 252 }, (_, second) => {
    const busy = height(second);
    const replayLagMs = 20 + 20 * noise(second) + busy * (880 + 500 * noise(second));
    return {
      tMs: second * 1000,
      writeLagMs: 1 + noise(second + 0.1) + busy * 30 * noise(second + 0.2),
      flushLagMs: 3 + 4 * noise(second + 0.3) + busy * (110 + 90 * noise(second + 0.4)),
      replayLagMs,
    };
  });
}
