/** What an actor without a table tells at its end. */
export const GONE = 'its table is gone: the plan dropped it';

/** deadlock_detected, lock_not_available: it gave way to the plan or the app, and tries again. */
export const GAVE_WAY: ReadonlySet<string> = new Set(['40P01', '55P03']);
