import type { AppVersion, Step } from './model.ts';

/**
 * The pool of connections that each version has, by its name: numbers from 0. Instances of a rolling deploy take the place of those
 * before, and so do their connections; behind a blue-green deploy stands an app of its own, as warm as the one before. Another role
 * has other connections anyway.
 * @param versions in order of rollout
 */
export function versionPools(
  versions: readonly Pick<AppVersion, 'name' | 'role'>[],
  plan: readonly Step[],
): ReadonlyMap<string, number> {
  const whole = new Set(
    plan.flatMap((step) =>
      step.kind === 'deploy' && step.way === undefined && step.strategy === 'blue-green' ? [step.to] : [],
    ),
  );
  const pools: string[] = [];
  let app = 0;
  return new Map(
    versions.map(({ name, role = null }, position) => {
      if (position > 0 && whole.has(name)) app += 1;
      const pool = JSON.stringify([app, role]);
      if (!pools.includes(pool)) pools.push(pool);
      return [name, pools.indexOf(pool)];
    }),
  );
}
