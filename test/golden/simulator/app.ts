import type { RequestRow, WaitRecord } from '../../../scripts/artifacts/records/records.ts';
import { micro, randomNumbers } from './random.ts';

/** A time in which no request gets through: from the first moment in the queue to the release. */
interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
  /** Whom the sessions wait for. */
  readonly pid?: number;
  readonly relation?: string;
}

interface AppPlan {
  readonly ratePerSec: number;
  readonly connections: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly seed: number;
  /** Requests come in even steps instead of at random (Poisson). */
  readonly isEven?: boolean;
  readonly stalls: readonly Stall[];
  /** Longest time that a request takes by itself; the shortest is a quarter of it. */
  readonly serviceMs: number;
  /** App version (index) of a request that is due at that moment. */
  readonly versionAt?: (atMs: number, random: number) => number;
  readonly scripts?: number;
  /** What becomes of a request that reaches the server at that moment. */
  readonly outcomeAt?: (atMs: number, version: number, script: number) => 0 | string;
}

interface SimulatedApp {
  /** In order of their end, as the load writes them. */
  readonly rows: readonly RequestRow[];
  readonly waits: readonly WaitRecord[];
}

const SENDING_MS = 0.05;
const FIRST_PID = 1000;
const POLL_MS = 10;

/** An open-loop app: arrivals do not wait for answers, a few connections serve them first come, first served. */
export function simulateApp(plan: AppPlan): SimulatedApp {
  const random = randomNumbers(plan.seed);
  const free = Array.from({ length: plan.connections }, () => plan.fromMs);
  const rows: RequestRow[] = [];
  const waits: WaitRecord[] = [];
  for (let dueMs = plan.fromMs; dueMs < plan.toMs; dueMs += gapMs(plan, random)) {
    const slot = free.indexOf(Math.min(...free));
    const readyMs = Math.max(dueMs, free[slot] ?? 0);
    const sentMs = readyMs + SENDING_MS;
    const version = plan.versionAt?.(dueMs, random()) ?? 0;
    const script = Math.floor(random() * (plan.scripts ?? 1));
    const stall = plan.stalls.find(({ fromMs, toMs }) => sentMs >= fromMs && sentMs < toMs);
    if (stall) waits.push(...seenWaiting(stall, FIRST_PID + slot, sentMs));
    const startedMs = stall?.toMs ?? sentMs;
    const outcome = plan.outcomeAt?.(startedMs, version, script) ?? 0;
    const serviceMs = plan.serviceMs * (0.25 + 0.75 * random());
    const endMs = startedMs + (outcome === 0 ? serviceMs : serviceMs / 4);
    free[slot] = endMs;
    rows.push([micro(dueMs), micro(readyMs), micro(sentMs), micro(endMs), version, script, outcome]);
  }
  return {
    rows: rows.sort((a, b) => a[3] - b[3]),
    waits: waits.sort((a, b) => a.tMs - b.tMs || a.pid - b.pid),
  };
}

function gapMs({ isEven, ratePerSec }: AppPlan, random: () => number): number {
  return (isEven ? 1 : -Math.log(1 - random())) * (1000 / ratePerSec);
}

/** A poll every 10 ms from the start of the stall on. */
function seenWaiting(stall: Stall, pid: number, sinceMs: number): WaitRecord[] {
  const seen: WaitRecord[] = [];
  const first = Math.ceil((sinceMs - stall.fromMs) / POLL_MS);
  for (let poll = first; stall.fromMs + poll * POLL_MS < stall.toMs; poll++) {
    seen.push({
      tMs: micro(stall.fromMs + poll * POLL_MS),
      pid,
      role: 'app',
      relation: stall.relation ?? 'public.customers',
      locktype: 'relation',
      mode: 'RowExclusiveLock',
      sinceMs: micro(sinceMs),
      blockedBy: [{ pid: stall.pid ?? 42, role: 'migration' }],
    });
  }
  return seen;
}
