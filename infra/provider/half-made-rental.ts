import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { Cloud } from '../clouds/cloud.ts';
import { removeByName } from '../clouds/removal.ts';
import { HalfMade } from './resource.ts';

/**
 * What `make` orders under that name, or nothing of it: where it fails or was given up, what it may have made is removed.
 * @throws what `make` throws, the signal's reason, or HalfMade where it may be left
 */
export async function madeOrRemoved<T>(
  cloud: Cloud,
  name: string,
  make: (onOrder: () => void) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let isOrdered = false;
  try {
    const made = await make(() => (isOrdered = true));
    signal.throwIfAborted();
    return made;
  } catch (error) {
    // Under a signal of its own: what was ordered costs money, whoever has given up on it.
    // Otherwise it was looked for until it must have been listed, or is.
    const mayAppear = signal.aborted && isOrdered;
    const left = await removeByName(cloud, name, { mayAppear }).catch(asError);
    if (left === undefined) throw signal.aborted ? signal.reason : error;
    throw new HalfMade(name, {}, whyHalfMade(error, left));
  }
}

function whyHalfMade(thrown: unknown, left: Error): string[] {
  const error = asError(thrown);
  const hint = error instanceof RehearsalError ? error.hint : undefined;
  return [
    error.message,
    `and it may be left: ${left.message}`,
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
}
