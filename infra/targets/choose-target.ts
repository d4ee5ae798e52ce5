import { nearest } from '../../scripts/plan/schema/did-you-mean.ts';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { Availability, Target } from '../contract/target.ts';

/** Takes the best target that this machine can use. */
export const AUTO = 'auto';
const AVAILABLE_MS = 60_000;

/**
 * The target of that name, or for `auto` the best one that is available; `why` says what it offers here.
 * @throws USAGE for an unknown name, TARGET_UNAVAILABLE with what mends it
 */
export async function chooseTarget(
  name: string,
  targets: readonly Target[],
): Promise<{ target: Target; why: string }> {
  const candidates = targets.filter((target) => (name === AUTO ? !target.onlyByName : target.name === name));
  if (candidates.length === 0) throw unknownTarget(name, [AUTO, ...targets.map((target) => target.name)]);
  const missing: { name: string; why: string; remedy: string }[] = [];
  for (const target of candidates) {
    const availability = await availabilityOf(target);
    if (availability.available) return { target, why: availability.detail };
    missing.push({ name: target.name, ...availability });
  }
  const why = missing.map((one) => `target ${one.name} cannot be used here: ${one.why}`).join('; ');
  throw new RehearsalError('TARGET_UNAVAILABLE', why, {
    hint: missing.map(({ remedy }) => remedy).join('; '),
  });
}

/** What the target says of itself; one that cannot be asked, as when its API is away, cannot be used. */
export async function availabilityOf(target: Target): Promise<Availability> {
  try {
    return await withTimeout(target.available(), AVAILABLE_MS, 'asking it');
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return { available: false, why: error.message, remedy: error.hint ?? 'try again' };
  }
}

function unknownTarget(name: string, names: readonly string[]): RehearsalError {
  const meant = nearest(name, names);
  const question = meant === undefined ? '' : `did you mean ${meant}? `;
  return new RehearsalError('USAGE', `there is no target ${name}`, {
    hint: `${question}the targets are ${names.join(', ')}`,
  });
}
