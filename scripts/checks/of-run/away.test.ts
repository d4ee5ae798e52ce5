import { describe, expect, it } from 'vitest';
import type { PresenceRecord } from '../../artifacts/records/records.ts';
import { analyse } from '../analysis/analyse.ts';
import { awayIntervals } from '../analysis/away.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepError,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { loadAdvice } from '../advice.ts';
import { judgeEvidence } from '../judge.ts';

await loadAdvice();

const CUT: PresenceRecord = { type: 'away', role: 'primary', why: 'unreachable', fromMs: 6000, toMs: 9000 };
const CRASH: PresenceRecord = { type: 'crash', role: 'primary', pid: 42, signal: 11, tMs: 5500 };

/** Ten requests a second of 5 ms; those that are due in the cut wait for its end. */
function requests() {
  const rows = Array.from({ length: 200 }, (_, position) => {
    const dueMs = position * 100;
    return request(dueMs, dueMs >= 6000 && dueMs < 9400 ? 9500 : dueMs + 5);
  });
  return requestTable(rows);
}

const run = runRecord({ plan: [plannedStep('alter')], budgets: { p99Ms: 100, errors: 0 } });
const steps = [...stepWindow('alter', 5000, 15000)];

describe('a run whose primary was cut off', () => {
  it('is inconclusive and says for how long and in which step, and charges the plan with nothing', () => {
    const result = judgeEvidence(evidence({ run, steps, requests: requests(), presence: [CUT] }));
    expect(result.verdict).toBe('inconclusive');
    expect(result.findings.filter(({ status }) => status === 'fail')).toEqual([]);
    const finding = result.findings.find(({ check }) => check === 'serverPresence');
    expect(finding).toMatchObject({ status: 'inconclusive', step: 'alter', measured: 3000, unit: 'ms' });
    expect(finding?.message).toContain('could not reach the primary for 3.00 s in step 1 alter');
  });

  it('sets aside what was under way or held up then, and nothing else', () => {
    const { evidence: kept } = analyse(evidence({ run, steps, requests: requests(), presence: [CUT] }));
    const left = [...(kept.requests?.intendedMs ?? [])];
    expect(left.filter((dueMs) => dueMs >= 6000 && dueMs <= 9500)).toEqual([]);
    expect(left).toHaveLength(200 - 36);
  });

  it('fails all the same by an error that PostgreSQL gave for a statement', () => {
    const failed = { status: 'failed' as const, error: stepError('42703', 'column "x" does not exist') };
    const own = evidence({ run, steps: stepWindow('alter', 5000, 15000, failed), presence: [CUT] });
    expect(judgeEvidence(own).verdict).toBe('fail');
  });

  it('is inconclusive where the step only lost its connection', () => {
    const failed = { status: 'failed' as const, error: { ...stepError('57P01', 'gone'), sqlstate: null } };
    const own = evidence({ run, steps: stepWindow('alter', 5000, 15000, failed), presence: [CUT] });
    expect(judgeEvidence(own).verdict).toBe('inconclusive');
  });
});

describe('a crash of a server process', () => {
  const back: PresenceRecord = { ...CUT, why: 'restarting', fromMs: 5500, toMs: 6500 };

  it('fails the step whose statement it ran', () => {
    const own = { run, steps: [...steps, statementRecord()], presence: [CRASH, back] };
    const finding = judgeEvidence(evidence(own)).findings.find(({ check }) => check === 'serverPresence');
    expect(finding).toMatchObject({ status: 'fail', step: 'alter', statement: 1 });
    expect(finding?.message).toContain('signal 11 (SIGSEGV)');
    expect(awayIntervals([CRASH, back], new Set([42]))).toEqual([]);
  });

  it('is inconclusive where it ran nothing of the plan', () => {
    const result = judgeEvidence(evidence({ run, steps, presence: [{ ...CRASH, pid: 7 }, back] }));
    expect(result.verdict).toBe('inconclusive');
  });
});

it('a rehearsal that stood still itself is inconclusive', () => {
  const still: PresenceRecord = { type: 'stood-still', fromMs: 6000, toMs: 8500 };
  const result = judgeEvidence(evidence({ run, steps, presence: [still] }));
  expect(result.verdict).toBe('inconclusive');
  expect(result.findings[0]?.message).toContain('stood still for 2.50 s');
});

it('servers that answered all the time are a pass, and a run from before that was recorded is not judged by it', () => {
  const status = (presence: PresenceRecord[] | undefined) =>
    judgeEvidence(evidence({ run, steps, presence })).checks.find(({ id }) => id === 'serverPresence')
      ?.status;
  expect({ none: status([]), old: status(undefined) }).toEqual({ none: 'pass', old: 'not-judged' });
});
