import type { ChartPoint } from './chart-points.ts';

/** The slowest point of the chart. */
export function peakOf(points: readonly ChartPoint[]): (ChartPoint & { p99Ms: number }) | undefined {
  let peak: (ChartPoint & { p99Ms: number }) | undefined;
  for (const point of points) {
    const { p99Ms } = point;
    if (p99Ms !== null && (peak === undefined || p99Ms > peak.p99Ms)) peak = { ...point, p99Ms };
  }
  return peak;
}
