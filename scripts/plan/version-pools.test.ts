import { expect, test } from 'vitest';
import type { Step } from './model.ts';
import { versionPools } from './version-pools.ts';

const BASE = { phase: 'deploy', retries: 0, retryPauseMs: 0, pointOfNoReturn: false } as const;
const deploy = (to: string, strategy: 'rolling' | 'blue-green', isBack = false): Step => ({
  ...BASE,
  kind: 'deploy',
  name: `to ${to}`,
  to,
  strategy,
  overMs: 0,
  ...(isBack && { way: { kind: 'back', of: 'out' } as const }),
});
const [old, dual, now] = ['old', 'dual', 'new'].map((name) => ({ name })) as [
  { name: string },
  { name: string },
  { name: string },
];
const pools = (...args: Parameters<typeof versionPools>): unknown =>
  Object.fromEntries(versionPools(...args));

test('versions that roll out one after the other share their connections, and what goes out at once has its own', () => {
  const rolling = [deploy('dual', 'rolling'), deploy('new', 'rolling')];
  expect(pools([old, dual, now], rolling)).toEqual({ old: 0, dual: 0, new: 0 });
  expect(pools([old, dual, now], [deploy('dual', 'blue-green'), deploy('new', 'rolling')])).toEqual({
    old: 0,
    dual: 1,
    new: 1,
  });
  expect(pools([old, dual, now], [deploy('dual', 'blue-green'), deploy('new', 'blue-green')])).toEqual({
    old: 0,
    dual: 1,
    new: 2,
  });
});

test('another role has other connections, and the switch back makes no new ones', () => {
  const own = { name: 'dual', role: 'app_rw2' };
  expect(pools([old, own, now], [deploy('dual', 'rolling')])).toEqual({ old: 0, dual: 1, new: 0 });
  const back = [deploy('new', 'blue-green'), deploy('old', 'blue-green', true)];
  expect(pools([old, now], back)).toEqual({ old: 0, new: 1 });
});
