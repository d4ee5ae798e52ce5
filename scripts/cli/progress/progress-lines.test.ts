import { expect, test } from 'vitest';
import { heartbeatLine, plainLine } from './progress-lines.ts';
import { sampleState, SAMPLE_EVENTS, SAMPLE_PLAN, stage, step } from './progress-fixture.ts';
import { applyEvent, initialState } from './progress-state.ts';

test('each end of a stage or step is one line, everything else is silent', () => {
  let state = initialState(SAMPLE_PLAN, 0);
  const lines = SAMPLE_EVENTS.map(({ event, atMs }) => {
    state = applyEvent(state, event, atMs);
    return plainLine(state, event);
  });
  expect(lines.filter((line) => line !== undefined)).toEqual([
    'environment: primary, standby, driver on 10.83.4.0/24 (1.40 s)',
    'snapshot: 6.2 GB restored, 4.1 M customers, base kept for next time (48.0 s)',
    'baseline: 400/s for 10 s: p99 9 ms, 0 errors (10.0 s)',
    'step 1/6 add-column: ok, waited 9 ms, held 3 ms, 0 delayed',
    'step 2/6 deploy dual: ok, old → dual over 30 s, 0 delayed',
  ]);
});

test('failures, skips and notes have lines without control characters', () => {
  const state = sampleState();
  expect(plainLine(state, step(3, 'failed', 'line 1\nline 2\u001b[31m'))).toBe(
    'step 3/6 backfill-name: failed, line 1; line 2[31m',
  );
  expect(plainLine(state, step(4, 'skipped'))).toBe('step 4/6 set-not-null: skipped');
  expect(plainLine(state, stage('teardown', 'failed', ''))).toBe('teardown: failed');
  expect(plainLine(state, { type: 'note', message: 'target embedded: the only one here' })).toBe(
    'target embedded: the only one here',
  );
});

test('the heartbeat says what runs, how far it is and how the app does', () => {
  expect(heartbeatLine(sampleState(), 161_000)).toBe(
    'step 3/6 backfill-name: 62 %, 34,700 rows/s, batch 48 ms, ETA 44.0 s, p99 19 ms',
  );
  expect(heartbeatLine(sampleState(20_000), 25_000)).toBe(
    'snapshot: 40 %, 2.5 GB of 6.2 GB, running for 23.6 s',
  );
  expect(heartbeatLine(initialState(SAMPLE_PLAN, 0), 5_000)).toBeUndefined();
});
