import { nearest } from '../../scripts/plan/schema/did-you-mean.ts';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { CLOUD_NAMES } from '../clouds/index.ts';
import { cloudTarget } from './cloud/cloud-target.ts';
import { embeddedTarget } from './embedded/embedded-target.ts';
import { localTarget } from './local/local-target.ts';
import type { TargetSettings } from '../../scripts/plan/model.ts';
import { sshTarget } from './ssh/ssh-target.ts';
import type { Availability, Target } from '../contract/target.ts';

/** Takes the best target that this machine can use. */
const AUTO = 'auto';
const AVAILABLE_MS = 60_000;

/** Every target there is, best first: how it is made of what `targets` says, of which each reads its own part. */
const TARGETS: readonly ((settings: TargetSettings) => Target)[] = [
  () => localTarget,
  () => embeddedTarget,
  ({ ssh }) => sshTarget(ssh),
  ...CLOUD_NAMES.map((name) => (settings: TargetSettings) => cloudTarget(name, settings[name])),
];

/** Every target there is, best first. */
export function allTargets(settings: TargetSettings = {}): Target[] {
  return TARGETS.map((make) => make(settings));
}

/** Every target there is, once for each of its settings that differ: something may be left in any of those places. */
export function targetsOf(all: readonly TargetSettings[]): Target[] {
  return allTargets().flatMap((plain) => {
    const own = new Map<string, Target>();
    for (const settings of all) {
      const [said] = Object.entries(settings).filter(([name]) => name === plain.name);
      const target = allTargets(settings).find(({ name }) => name === plain.name);
      if (said && target) own.set(JSON.stringify(said), target);
    }
    return own.size === 0 ? [plain] : [...own.values()];
  });
}

/**
 * The target of that name, or for `auto` the best one that is available; `why` says what it offers here.
 * @throws USAGE for an unknown name, TARGET_UNAVAILABLE with what mends it
 */
export async function chooseTarget(
  name: string,
  targets: readonly Target[] = allTargets(),
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
