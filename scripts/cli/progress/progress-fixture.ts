import type { RunEvent } from '../../engine/events.ts';
import { applyEvent, initialState, type ProgressState } from './progress-state.ts';

/** A run as it would tell about itself, with the moment of each event; for tests and for a look at the terminal. */
export const SAMPLE_PLAN = {
  rehearsal: 'split-customer-name',
  target: 'local',
  steps: [
    { name: 'add-column', phase: 'expand' },
    { name: 'deploy dual', phase: 'deploy' },
    { name: 'backfill-name', phase: 'backfill' },
    { name: 'set-not-null', phase: 'switch' },
    { name: 'deploy new', phase: 'switch' },
    { name: 'drop-column', phase: 'contract' },
  ],
};

type Stage = Extract<RunEvent, { type: 'stage' }>;
type Step = Extract<RunEvent, { type: 'step' }>;

export function stage(
  name: Stage['stage'],
  state: Stage['state'],
  detail = '',
  fraction: number | null = null,
): Stage {
  return { type: 'stage', stage: name, state, detail, fraction, etaMs: null };
}

export function step(
  index: number,
  state: Step['state'],
  detail = '',
  { fraction = null, etaMs = null }: { fraction?: number | null; etaMs?: number | null } = {},
): Step {
  const { name = '', phase = '' } = SAMPLE_PLAN.steps[index - 1] ?? {};
  return { type: 'step', index, name, phase, state, detail, fraction, etaMs };
}

export const SAMPLE_EVENTS: readonly { readonly atMs: number; readonly event: RunEvent }[] = [
  { atMs: 0, event: stage('environment', 'started', 'local') },
  { atMs: 1_400, event: stage('environment', 'done', 'primary, standby, driver on 10.83.4.0/24') },
  { atMs: 1_400, event: stage('snapshot', 'started', 'restoring') },
  { atMs: 20_000, event: stage('snapshot', 'progress', '2.5 GB of 6.2 GB', 0.4) },
  {
    atMs: 49_400,
    event: stage('snapshot', 'done', '6.2 GB restored, 4.1 M customers, base kept for next time'),
  },
  { atMs: 49_400, event: stage('baseline', 'started') },
  { atMs: 59_400, event: stage('baseline', 'done', '400/s for 10 s: p99 9 ms, 0 errors') },
  { atMs: 59_500, event: step(1, 'started', '', { fraction: 0 }) },
  { atMs: 59_600, event: step(1, 'done', 'waited 9 ms   held 3 ms    0 delayed') },
  { atMs: 59_700, event: step(2, 'started', '', { fraction: 0 }) },
  { atMs: 89_700, event: step(2, 'done', 'old → dual over 30 s       0 delayed') },
  { atMs: 89_800, event: step(3, 'started', '', { fraction: 0 }) },
  {
    atMs: 160_000,
    event: step(3, 'progress', '34,700 rows/s  batch 48 ms', { fraction: 0.621, etaMs: 44_000 }),
  },
  {
    atMs: 160_500,
    event: { type: 'traffic', ratePerSec: 400, p50Ms: 3, p99Ms: 19, errors: 0, standbyLagMs: 1_100 },
  },
];

/** The state after the sample's events up to a moment. */
export function sampleState(untilMs = Infinity): ProgressState {
  return SAMPLE_EVENTS.filter(({ atMs }) => atMs <= untilMs).reduce(
    (state, { event, atMs }) => applyEvent(state, event, atMs),
    initialState(SAMPLE_PLAN, 0),
  );
}
