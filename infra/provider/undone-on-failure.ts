import { asError } from '../../scripts/shared/errors.ts';

/** Settles like `create`, but when that fails or is aborted, what it made is undone before anybody hears of it. */
export async function undoneOnFailure<T>(undo: () => Promise<void>, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    try {
      await undo();
    } catch (undoing) {
      throw new AggregateError(
        [error, undoing],
        `${asError(error).message}; and then: ${asError(undoing).message}`,
      );
    }
    throw error;
  }
}
