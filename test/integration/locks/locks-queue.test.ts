import { describe, expect, it } from 'vitest';
import { readLocks, readWaits } from '../../../scripts/artifacts/sightings.ts';
import type { RequestRow } from '../../../scripts/artifacts/records/records.ts';
import {
  evidence,
  plannedStep,
  requestTable,
  runRecord,
} from '../../../scripts/checks/evidence/evidence-fixture.ts';
import { judgeEvidence } from '../../../scripts/checks/judge.ts';
import type { Result, StatementResult } from '../../../scripts/checks/result/contract/result.ts';
import { connect, withConnection } from '../../../scripts/pg/client.ts';
import { learnNames } from '../../../scripts/pg/messages/learn-names.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { chainText, impactOf } from '../../../scripts/report/blockers.ts';
import { renderHtml } from '../../../scripts/report/html/page.tsx';
import { renderMarkdown } from '../../../scripts/report/markdown.ts';
import { asStranger } from '../../support/database/stranger.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const bench = useReplayBench();
const SESSIONS = 8;
const EVERY_MS = 10;
const READER_MS = 2500;

/** The app: a request each 10 ms, whether or not the last one is answered, over 8 connections. */
async function app(seconds: number): Promise<RequestRow[]> {
  const { clock } = bench().context;
  const clients = await Promise.all(Array.from({ length: SESSIONS }, () => connect(bench().endpoint, 'app')));
  const rows: RequestRow[] = [];
  const queue: number[] = [];
  const firstMs = clock.now();
  let next = 0;
  const due = (): void => {
    for (; next < (seconds * 1000) / EVERY_MS && clock.now() >= firstMs + next * EVERY_MS; next++)
      queue.push(firstMs + next * EVERY_MS);
  };
  const work = async (client: (typeof clients)[number]): Promise<void> => {
    while (clock.now() < firstMs + seconds * 1000 || queue.length > 0) {
      due();
      const intendedMs = queue.shift();
      if (intendedMs === undefined) await sleep(2);
      else {
        const sentMs = clock.now();
        await client.query(`update orders set label = 'x' where id = ${1 + (rows.length % 1000)}`);
        rows.push([intendedMs, sentMs, sentMs, clock.now(), 0, 0, 0]);
      }
    }
  };
  await Promise.all(clients.map(work));
  await Promise.all(clients.map((client) => client.end()));
  return rows.sort((a, b) => a[0] - b[0]);
}

/** Alters the table that the app uses while a report of 2.5 s reads it; returns what the run is judged to. */
async function rehearse(
  extra: Partial<SqlStep>,
): Promise<{ result: Result; readEndMs: number; sentMs: number }> {
  const { context, endpoint } = bench();
  const { clock } = context;
  await withConnection(endpoint, 'setup', learnNames);
  const text = 'alter table orders add column extra int';
  const step: SqlStep = {
    name: 'alter',
    phase: 'expand',
    kind: 'sql',
    transaction: 'as-written',
    pointOfNoReturn: false,
    retries: 0,
    retryPauseMs: 100,
    files: [{ file: 'sql/alter.sql', text }],
    ...extra,
  };
  const startMs = clock.now();
  const traffic = app(6);
  await sleep(1000);
  let fromMs = 0;
  let readEndMs = 0;
  await asStranger(endpoint, 'nightly-report', async (reader) => {
    const reading = reader
      .query(`select pg_sleep(${READER_MS / 1000}), 'a secret value' from (select from orders limit 1) as o`)
      .then(() => (readEndMs = clock.now()));
    await sleep(20);
    fromMs = clock.now();
    context.steps.write({ type: 'step-start', step: 'alter', tMs: fromMs });
    await runSqlStep(step, context, (attempt) => {
      context.steps.write({ type: 'attempt', step: 'alter', ...attempt });
    });
    await reading;
  });
  const toMs = clock.now();
  context.steps.write({
    type: 'step-end',
    step: 'alter',
    tMs: toMs,
    status: 'ok',
    attempts: 1,
    error: null,
    shown: {},
  });
  const requests = requestTable(await traffic);
  const endMs = clock.now();
  const { folder } = bench();
  await bench().close();
  const steps = (await folder.read('steps')) ?? [];
  const result = judgeEvidence(
    evidence({
      run: runRecord({ budgets: { p99Ms: 100 }, plan: [plannedStep('alter')] }),
      requests,
      steps,
      waits: await readWaits(folder),
      locks: (await readLocks(folder)) ?? [],
      exactWaits: await folder.read('exact-waits'),
      load: [
        { type: 'started', tMs: startMs },
        { type: 'baseline', fromMs: startMs, toMs: fromMs },
        { type: 'stopped', tMs: endMs, unfinished: 0 },
      ],
    }),
  );
  const statement = steps.find((event) => event.type === 'statement');
  return { result, readEndMs, sentMs: statement?.sentMs ?? 0 };
}

function only(result: Result): StatementResult {
  const [statement] = result.steps[0]?.statements ?? [];
  if (!statement) throw new Error('no statement');
  return statement;
}

describe('ALTER TABLE behind a reader of 2.5 seconds', () => {
  it('is a blackout of 2.5 seconds although it held its lock for a few milliseconds', async () => {
    const { result, readEndMs, sentMs } = await rehearse({});
    const statement = only(result);
    // The report began a moment before, and other work of this machine takes its time in between.
    const trueWaitMs = readEndMs - sentMs;
    expect(trueWaitMs).toBeGreaterThan(READER_MS - 1000);
    expect(Math.abs(statement.lockWaitMs - trueWaitMs)).toBeLessThan(150);
    expect(statement.lockHoldMs).toBeLessThan(200);
    expect(Math.abs(statement.blackoutMs - statement.lockWaitMs - statement.lockHoldMs)).toBeLessThan(5);
    expect(statement.peakBlockedSessions).toBeGreaterThanOrEqual(SESSIONS - 1);
    // The sessions come to stand behind it one after the other.
    const inFull = SESSIONS * (statement.blackoutMs / 1000);
    expect(statement.blockedSessionSeconds / inFull).toBeGreaterThan(0.85);
    // Those who have been woken may have to wait for a processor.
    expect(statement.blockedSessionSeconds / inFull).toBeLessThan(1.3);

    // 100 requests a second, each delayed until the end: half of the blackout on average.
    const expected = (statement.blackoutMs / EVERY_MS) * (statement.blackoutMs / 2000);
    expect(statement.victims.delayedSeconds / expected).toBeGreaterThan(0.8);
    expect(statement.victims.delayedSeconds / expected).toBeLessThan(1.4);
    expect(statement.requestsOverBudget ?? 0).toBeGreaterThan(100);
    expect(statement.requestsOverBudget ?? 0).toBeLessThanOrEqual(statement.victims.delayed);
    expect(statement.longestVictimMs).toBeGreaterThan(statement.blackoutMs - 200);

    expect(chainText(impactOf(statement))).toBe('app ← ALTER TABLE ← nightly-report');
    expect(statement.blockers?.[0]).toMatchObject({
      role: 'other',
      applicationName: 'nightly-report',
      level: 1,
      isRoot: true,
      sessions: 1,
      state: 'active',
    });
    expect(statement.blockers?.[0]?.query).toBe(
      'select pg_sleep($1), $2 from (select from orders limit $3) as …',
    );
    for (const shown of [renderHtml(result), renderMarkdown(result)]) {
      expect(shown).toContain('app ← ALTER TABLE ← nightly-report');
      expect(shown).toContain('select pg_sleep($1), $2');
      expect(shown).not.toContain('secret value');
    }
  });

  it('is 60 ms at most for each try when it gives way after 50 ms', async () => {
    const { result } = await rehearse({ lockTimeoutMs: 50, retries: 20 });
    const statement = only(result);
    expect(result.steps[0]?.failedTries.length).toBeGreaterThan(2);
    expect(statement.blackoutMs).toBeGreaterThan(25);
    // One try in a busy moment of this machine may be seen a little longer.
    expect(statement.blackoutMs).toBeLessThan(120);
    expect(statement.error).toBeNull();
  });
});
