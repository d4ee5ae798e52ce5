/**
 * A signal that aborts after `ms`, also as one of `AbortSignal.any`: that refers weakly to its sources, so that Node.js drops an
 * `AbortSignal.timeout` which nobody else holds together with the garbage, and the limit never comes (seen with 20.20). A listener holds it.
 */
export function limitAfter(ms: number): AbortSignal {
  const limit = AbortSignal.timeout(ms);
  limit.addEventListener('abort', () => undefined, { once: true });
  return limit;
}

/** A signal that aborts with one of `signals`, or after `ms`. */
export function within(signals: readonly AbortSignal[], ms: number): AbortSignal {
  return AbortSignal.any([...signals, limitAfter(ms)]);
}
