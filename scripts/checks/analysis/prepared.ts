import type { StatementRecord, WaitRecord } from '../../artifacts/records/records.ts';
import { lastLookMs } from '../../artifacts/records/sighting-records.ts';
import type { StepRun } from './step-runs.ts';

/** PREPARE TRANSACTION dates itself when it arrives; what we know of it is when it was answered. */
const JITTER_MS = 100;

/** What a prepared transaction of the plan kept. */
export interface PreparedHold {
  /** What stands for a process id in the waits, below 0. */
  readonly id: number;
  readonly name: string;
  readonly sinceMs: number;
  /** When somebody was last seen to wait for it. */
  readonly untilMs: number;
  /** In which it was prepared; undefined = before the plan, or by somebody else. */
  readonly step: StepRun | undefined;
  /** The backend whose statements it is made of; undefined where it is a program's. */
  readonly pid: number | undefined;
}

/**
 * Prepared transactions that somebody waited for. They outlive session and step: what they keep is their statements' hold, and the
 * step that prepared them is to blame, not the one that happens to run.
 */
export class PreparedHolds {
  readonly all: readonly PreparedHold[];

  constructor(waits: readonly WaitRecord[], steps: readonly StepRun[]) {
    const ids = new Map<number, { name: string; sinceMs: number }>();
    for (const { tMs, sessions = [] } of waits) {
      for (const { pid, applicationName, transactionMs, tMs: toldMs = tMs } of sessions)
        if (pid < 0 && !ids.has(pid))
          ids.set(pid, { name: applicationName, sinceMs: toldMs - (transactionMs ?? 0) });
    }
    this.all = [...ids].map(([id, { name, sinceMs }]) => {
      const behind = waits.filter(({ blockedBy }) => blockedBy.some(({ pid }) => pid === id));
      const step =
        steps.findLast(({ statements }) => statements.some((record) => isPreparedAt(record, sinceMs))) ??
        steps.findLast(({ window }) => window !== null && window.fromMs <= sinceMs);
      const owner = step?.statements.find((record) => isPreparedAt(record, sinceMs));
      return {
        id,
        name,
        sinceMs,
        step,
        pid: owner?.pid,
        untilMs: behind.reduce((latest, record) => Math.max(latest, lastLookMs(record)), sinceMs),
      };
    });
  }

  isOfPlan(id: number): boolean {
    return this.#of(id)?.step !== undefined;
  }

  /** The backend that stands for it among the plan's statements; any other process id as it is. */
  ownerOf(pid: number): number {
    return this.#of(pid)?.pid ?? pid;
  }

  /** Those that programs of a command step left. */
  idsOf(stepName: string): number[] {
    return this.all.flatMap(({ id, pid, step }) =>
      pid === undefined && step?.planned.name === stepName ? [id] : [],
    );
  }

  /** Until when what is left of a step was in somebody's way; undefined = nothing is left of it. */
  untilMs(step: StepRun): number | undefined {
    const own = this.all.filter((hold) => hold.step === step);
    return own.length === 0 ? undefined : Math.max(...own.map(({ untilMs }) => untilMs));
  }

  /** A statement with its locks as long as the prepared transaction kept them. */
  kept(record: StatementRecord): StatementRecord {
    const hold = this.all.find(
      ({ pid, step, sinceMs }) =>
        pid === record.pid && step?.planned.name === record.step && isPreparedAt(record, sinceMs),
    );
    return hold === undefined ? record : { ...record, releasedMs: Math.max(record.releasedMs, hold.untilMs) };
  }

  #of(id: number): PreparedHold | undefined {
    return this.all.find((hold) => hold.id === id);
  }
}

/** Its session gave its locks away at that moment. */
function isPreparedAt({ sentMs, releasedMs }: StatementRecord, sinceMs: number): boolean {
  return sentMs <= sinceMs + JITTER_MS && Math.abs(releasedMs - sinceMs) <= JITTER_MS;
}
