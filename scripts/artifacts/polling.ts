/**
 * How often waits.ndjson and locks.ndjson look, in milliseconds, while a part of the plan is in flight. 10 ms finds 99 % of the
 * blocked session-seconds for about 4 % of a saturated server's throughput; see docs/measurement.md.
 */
export const POLL_MS = 10;
