import type { RunEvent } from '../../engine/events.ts';

type StageName = Extract<RunEvent, { type: 'stage' }>['stage'];
export type Traffic = Extract<RunEvent, { type: 'traffic' }>;

/** One line of the block: a stage or a step. Times are on the monotonic clock. */
export interface Item {
  /** `stopped`: the teardown began before it ended. */
  readonly state: 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'stopped';
  readonly detail: string;
  /** 0..1 where it can be told. */
  readonly fraction: number | null;
  readonly etaMs: number | null;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
}
export interface StageItem extends Item {
  readonly stage: StageName;
}
export interface StepItem extends Item {
  /** From 1. */
  readonly index: number;
  readonly name: string;
  readonly phase: string;
}

/** Everything that the progress shows. A new object for each event. */
export interface ProgressState {
  readonly rehearsal: string;
  readonly target: string;
  /** Part of the run id after the rehearsal's name; null until it is known. */
  readonly runStamp: string | null;
  readonly startedMs: number;
  readonly stages: readonly StageItem[];
  readonly steps: readonly StepItem[];
  readonly plan: ProgressPlan['steps'];
  readonly traffic: Traffic | null;
  /** Which playing of the plan this is; null where there is one only. */
  readonly playing: Extract<RunEvent, { type: 'playing' }> | null;
}

export interface ProgressPlan {
  readonly rehearsal: string;
  readonly target: string;
  readonly steps: readonly { readonly name: string; readonly phase: string }[];
}

const PENDING: Item = {
  state: 'pending',
  detail: '',
  fraction: null,
  etaMs: null,
  startedMs: null,
  endedMs: null,
};
const LISTED_STAGES: readonly StageName[] = ['environment', 'snapshot', 'baseline'];

/** Before the first event: every stage and every step is listed and none has begun. */
export function initialState(plan: ProgressPlan, nowMs: number): ProgressState {
  return {
    rehearsal: plan.rehearsal,
    target: plan.target,
    runStamp: null,
    startedMs: nowMs,
    stages: LISTED_STAGES.map((stage) => ({ ...PENDING, stage })),
    steps: pending(plan.steps),
    plan: plan.steps,
    traffic: null,
    playing: null,
  };
}

/** The state after one event. */
export function applyEvent(state: ProgressState, event: RunEvent, nowMs: number): ProgressState {
  switch (event.type) {
    case 'stage': {
      const before = event.stage === 'teardown' ? stopped(state, nowMs) : state;
      const listed = before.stages.some(({ stage }) => stage === event.stage);
      const stages = listed ? before.stages : [...before.stages, { ...PENDING, stage: event.stage }];
      return {
        ...before,
        stages: stages.map((item) => (item.stage === event.stage ? advance(item, event, nowMs) : item)),
      };
    }
    case 'step':
      return {
        ...state,
        steps: state.steps.map((item) => (item.index === event.index ? advance(item, event, nowMs) : item)),
      };
    case 'traffic':
      return { ...state, traffic: event };
    case 'playing':
      return { ...state, ...begunAgain(state, event.steps ?? state.plan), playing: event, traffic: null };
    case 'note':
      return state;
  }
}

/** The plan as it stands before it is played another time. */
function begunAgain(
  { stages }: ProgressState,
  plan: ProgressPlan['steps'],
): Pick<ProgressState, 'stages' | 'steps'> {
  return {
    stages: stages.map((item) => (item.stage === 'baseline' ? { ...item, ...PENDING } : item)),
    steps: pending(plan),
  };
}

function pending(plan: ProgressPlan['steps']): StepItem[] {
  return plan.map(({ name, phase }, position) => ({ ...PENDING, index: position + 1, name, phase }));
}

/** Once the environment goes away nothing else can still be running. */
function stopped(state: ProgressState, nowMs: number): ProgressState {
  const stop = <T extends Item>(item: T): T =>
    item.state === 'running' ? { ...item, state: 'stopped', endedMs: nowMs } : item;
  const stages = state.stages.map((item) => (item.stage === 'teardown' ? item : stop(item)));
  return { ...state, stages, steps: state.steps.map(stop) };
}

function advance<T extends Item>(
  item: T,
  event: Extract<RunEvent, { type: 'stage' | 'step' }>,
  nowMs: number,
): T {
  const running = event.state === 'started' || event.state === 'progress';
  return {
    ...item,
    state: running ? 'running' : event.state,
    // An end without words keeps the last figures on the screen.
    detail: event.detail === '' ? item.detail : event.detail,
    fraction: event.fraction,
    etaMs: event.etaMs,
    startedMs: item.startedMs ?? (event.state === 'skipped' ? null : nowMs),
    endedMs: running ? null : nowMs,
  };
}
