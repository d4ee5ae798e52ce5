import type { Result } from '../../scripts/checks/result/contract/result.ts';

type Second = Result['timeline']['seconds'][number];

/** A number from 0 to 1 that is always the same for the same `n`. */
export function noise(n: number): number {
  const x = Math.sin(n * 12.9898 + 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

interface Traffic {
  readonly seconds: number;
  readonly ratePerSec: number;
  /** Share of the traffic of each version at a moment; they add up to 1. */
  readonly shares: (second: number) => Readonly<Record<string, number>>;
  /** How much slower than usual the app is in a second. Default: 1. */
  readonly slowness?: (second: number) => number;
  /** Milliseconds that everything waits in a second, on top. Default: 0. */
  readonly stallMs?: (second: number) => number;
  readonly errors?: (second: number) => number;
}

/** Latency and throughput of an app, second by second. */
export function sampleSeconds({
  seconds,
  ratePerSec,
  shares,
  slowness = () => 1,
  stallMs = () => 0,
  errors = () => 0,
}: Traffic): Second[] {
  return Array.from({ length: seconds }, (_, second) => {
    const stall = stallMs(second);
    const p99Ms = (8 + 3 * noise(second)) * slowness(second) + stall;
    const p50Ms = (2.2 + 0.5 * noise(second + 0.5)) * slowness(second) + stall * 0.4;
    const due = ratePerSec * (0.95 + 0.1 * noise(second + 0.25));
    return {
      tMs: second * 1000,
      p50Ms,
      p95Ms: (p50Ms + p99Ms) / 2,
      p99Ms,
      maxMs: p99Ms * 1.3,
      errors: errors(second),
      requests: Object.fromEntries(
        Object.entries(shares(second)).map(([version, share]) => [version, Math.round(due * share)]),
      ),
    };
  });
}

/** 0 before `from`, 1 after `to`, in between a straight line. */
export function ramp(second: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (second - from) / (to - from)));
}
