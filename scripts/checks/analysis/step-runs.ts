import type {
  AttemptRecord,
  InterruptionRecord,
  PlannedStep,
  StatementRecord,
  StepEndRecord,
  StepEvent,
} from '../../artifacts/records/records.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { sentStatements, type SentRecord } from './commands/sent-statements.ts';
import { groupBy } from '../../shared/group-by.ts';

/** A planned step and what happened to it. */
export interface StepRun {
  readonly planned: PlannedStep;
  /** Position in the plan, from 1. */
  readonly index: number;
  /** Null for a step that was never started. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null;
  /** Undefined for a step that began and never ended: the run was interrupted or crashed in it. */
  readonly end: StepEndRecord | undefined;
  readonly failedTries: readonly AttemptRecord[];
  readonly statements: readonly StatementRecord[];
  /** Of a command: what its sessions sent, as far as they were read. */
  readonly sent: readonly SentRecord[];
  /** Of a step that was cut off on purpose. */
  readonly interruption?: InterruptionRecord | undefined;
}

/** The plan in its order with the events of each step. A step without an end lasts until the last thing that was recorded. */
export function arrangeSteps(evidence: Evidence): StepRun[] {
  const events = groupBy(evidence.steps ?? [], ({ step }) => step);
  const lastMs = lastMomentMs(evidence);
  return evidence.run.plan.map((planned, position) =>
    stepRun(planned, position + 1, events.get(planned.name) ?? [], lastMs),
  );
}

function stepRun(planned: PlannedStep, index: number, events: readonly StepEvent[], lastMs: number): StepRun {
  const start = events.find((event) => event.type === 'step-start');
  const end = events.find((event) => event.type === 'step-end');
  const ran = start !== undefined && end?.status !== 'skipped';
  return {
    planned,
    index,
    window: ran ? { fromMs: start.tMs, toMs: Math.max(start.tMs, end?.tMs ?? lastMs) } : null,
    end,
    failedTries: events.filter((event) => event.type === 'attempt'),
    statements: events.filter((event) => event.type === 'statement'),
    sent: sentStatements(events),
    interruption: events.find((event) => event.type === 'interruption'),
  };
}

/** When a statement's transaction sent the first of those that still held their locks as it was sent itself. */
export class TransactionStarts {
  /** By backend: those that may still hold something, in the order in which they were sent. */
  readonly #open = new Map<number, StatementRecord[]>();

  /** @param record behind those that its backend was sent before */
  sinceMs(record: StatementRecord): number {
    const { pid, sentMs } = record;
    const open = this.#open.get(pid) ?? [];
    const first = open.findIndex(({ releasedMs }) => releasedMs > sentMs);
    open.splice(0, first === -1 ? open.length : first);
    open.push(record);
    this.#open.set(pid, open);
    return open[0]?.sentMs ?? sentMs;
  }
}

/** When the first step began; undefined where none did. */
export function planStartMs(steps: readonly StepRun[]): number | undefined {
  return steps.find(({ window }) => window !== null)?.window?.fromMs;
}

/** The step that went on, or had last begun, at a moment; null before the first one. */
export function stepAt(steps: readonly StepRun[], tMs: number): StepRun | null {
  return steps.findLast(({ window }) => window !== null && window.fromMs <= tMs) ?? null;
}

/** When the traffic ended in order; undefined where it did not. */
export function loadEndMs({ load }: Evidence): number | undefined {
  return load?.flatMap((event) => (event.type === 'stopped' ? [event.tMs] : [])).at(-1);
}

/** The latest moment that any artifact knows of. */
export function lastMomentMs(evidence: Evidence): number {
  let lastMs = 0;
  const at = (moment: number | undefined): void => {
    if (moment !== undefined && moment > lastMs) lastMs = moment;
  };
  evidence.steps?.forEach((event) => {
    at(event.type === 'statement' ? event.releasedMs : event.tMs);
  });
  evidence.load?.forEach((event) => {
    at(event.type === 'baseline' ? event.toMs : event.tMs);
  });
  evidence.requests?.endMs.forEach(at);
  at(evidence.server?.at(-1)?.tMs);
  at(evidence.batches?.at(-1)?.endMs);
  return lastMs;
}

/** What the report calls the state of a step. */
export function statusOf(step: StepRun): 'ok' | 'failed' | 'skipped' {
  if (step.window === null) return 'skipped';
  return step.end?.status === 'ok' ? 'ok' : 'failed';
}
