/** Timeouts of a session that decide how a migration waits and dies; some are of newer versions of PostgreSQL only. */
export const TIMEOUTS = [
  'lock_timeout',
  'statement_timeout',
  'deadlock_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
] as const;
export type Timeout = (typeof TIMEOUTS)[number];

export function isTimeout(name: string): name is Timeout {
  return (TIMEOUTS as readonly string[]).includes(name);
}

/** PostgreSQL's units of time (GUC_UNIT_MS), largest first. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
  ['us', 0.001],
] as const;

/** `2s`, `1.5 min`, `2000` → milliseconds; undefined for what PostgreSQL would refuse. */
export function timeoutMs(value: string): number | undefined {
  const [, number, unit = 'ms'] = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(d|h|min|s|ms|us)?\s*$/.exec(value) ?? [];
  const factor = UNITS.find(([name]) => name === unit)?.[1];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** As SHOW writes it: in the largest unit that leaves a whole number. */
export function shownTimeout(ms: number): string {
  if (ms === 0) return '0';
  const [unit, factor] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / factor}${unit}`;
}
