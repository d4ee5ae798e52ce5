/** The chart is drawn twice, for a window and for a phone, so that its letters keep their size on both. */
export interface ChartSize {
  readonly id: 'wide' | 'narrow';
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly mostTimeTicks: number;
  readonly mostLockRows: number;
}

export const WIDE: ChartSize = {
  id: 'wide',
  width: 1032,
  left: 112,
  right: 1024,
  mostTimeTicks: 10,
  mostLockRows: 5,
};
export const NARROW: ChartSize = {
  id: 'narrow',
  width: 364,
  left: 74,
  right: 358,
  mostTimeTicks: 5,
  mostLockRows: 4,
};
