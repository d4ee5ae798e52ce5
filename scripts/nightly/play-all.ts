/** Work of a night; it never rejects for what happened to it alone. */
type Play<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Plays all, at most `jobs` at a time and in their order. What is still to come when the signal aborts is not started; what goes on then
 * gets the signal.
 * @returns in the order of `plays`; undefined for what was not started
 */
export async function playAll<T>(
  plays: readonly Play<T>[],
  jobs: number,
  signal: AbortSignal,
): Promise<(T | undefined)[]> {
  const results = plays.map((): T | undefined => undefined);
  const waiting = plays.entries();
  const work = async (): Promise<void> => {
    for (const [position, play] of waiting) {
      if (signal.aborted) return;
      results[position] = await play(signal);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
  return results;
}
