/** What CONCURRENTLY asks of its step. */
export const OUTSIDE =
  'It cannot run inside a transaction block: put it into a file of its own or set transaction: none.';

export const NO_TIMEOUT =
  'Give it lock_timeout = 0: it waits for old transactions while it stops nobody, and a timeout leaves an INVALID index that has to be dropped first.';

/** Appended where the statement ran in a transaction with others, to advice whose SQL has VALIDATE in it. */
export const SPLIT =
  'Here it shares its transaction with other statements: take it out of that, as each of the statements below needs a transaction of its own, or VALIDATE reads under the lock of the one before it.';
