import { asError, RehearsalError } from '../../scripts/shared/errors.ts';

/** Reasons for a HalfMade: why an order failed, and why what it may have made could not be removed. */
export function whyHalfMade(thrown: unknown, left: Error): string[] {
  const error = asError(thrown);
  const hint = error instanceof RehearsalError ? error.hint : undefined;
  return [
    error.message,
    `and it may be left: ${left.message}`,
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
}
