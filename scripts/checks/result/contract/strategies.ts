/** The ways to do one change that people know by name, from the simplest on. */
export const STRATEGIES = [
  'one shot',
  'blue-green',
  'maintenance window',
  'expand and contract',
  'dual writes',
] as const;
export type Strategy = (typeof STRATEGIES)[number];
