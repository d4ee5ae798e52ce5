import { CLOUD_NAMES } from '../clouds/index.ts';
import { cloudTarget } from './cloud/cloud-target.ts';
import { targetsHere } from './here.ts';
import { localTarget } from './local/local-target.ts';
import type { TargetSettings } from '../../scripts/plan/model.ts';
import { sshTarget } from './ssh/ssh-target.ts';
import type { Target } from '../contract/target.ts';

/** Every target there is, best first: how it is made of what `targets` says, of which each reads its own part. */
const TARGETS: readonly ((settings: TargetSettings) => Target)[] = [
  () => localTarget,
  ...targetsHere.map((target) => () => target),
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
