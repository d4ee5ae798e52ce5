/**
 * How often waits.ndjson and locks.ndjson look, in milliseconds, while a part of the plan is in flight. 10 ms finds 99 % of the
 * blocked session-seconds for 4 to 10 % of a saturated server's throughput; see docs/measurement.md.
 */
export const POLL_MS = 10;

/** How often it is enough to look where each wait is told of: for who waits for whom. */
export const CHAIN_POLL_MS = 50;

/** While nothing of the plan is at work: for what it left behind. */
export const CALM_POLL_MS = 100;

/** What was not seen for longer than this was over in between: looks come late on a busy machine. */
export const LONGEST_LOOK_MS = 2.5 * CHAIN_POLL_MS;
