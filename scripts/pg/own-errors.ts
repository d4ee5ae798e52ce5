/** Classes of data, of integrity, of transactions that may be tried again, and of RAISE (PostgreSQL's manual, appendix A). */
const OF_DATA_AND_COMPANY = /^(21|22|23|27|40|44|P0)/;
/** query_canceled (an own statement_timeout) and lock_not_available (NOWAIT, an own lock_timeout). */
const OF_PATIENCE = new Set(['57014', '55P03']);
/** Classes that begin with 5 to 9 or I to Z are left to implementations; PostgreSQL itself has 53 to 58, 72, P0 and XX of them. */
const OF_AUTHOR = /^(?!5[3-8]|72|P0|XX)[5-9I-Z][0-9A-Z]{4}$/;

/**
 * Is this an error that an app in good health can have of its own, such as a collision, a stale row or a unique key taken twice?
 * Anything else (syntax, missing objects, privileges, a lost connection, a server without resources) is an app that does not work.
 * @param outcome a SQLSTATE, `lost` or `unfinished`
 */
export function isOwnError(outcome: string): boolean {
  return OF_DATA_AND_COMPANY.test(outcome) || OF_PATIENCE.has(outcome) || OF_AUTHOR.test(outcome);
}
