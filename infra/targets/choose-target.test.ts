import { expect, it } from 'vitest';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { chooseTarget } from './choose-target.ts';
import { allTargets } from './index.ts';
import type { Availability, Target } from '../contract/target.ts';

function target(name: string, availability: Availability): Target {
  return {
    name,
    available: () => Promise.resolve(availability),
    confines: () => Promise.resolve(availability),
    environment: () => {
      throw new Error('not needed');
    },
    leftovers: () => Promise.resolve({ found: [], unseen: [] }),
    notOurs: () => Promise.resolve({ found: [], unseen: [] }),
    price: () => Promise.resolve(undefined),
  };
}

const good = target('good', { available: true, detail: 'two hosts' });
const bad = target('bad', { available: false, why: 'there is no cloud', remedy: 'rent one' });

it('takes the first available target for auto', async () => {
  expect(await chooseTarget('auto', [bad, good])).toEqual({ target: good, why: 'two hosts' });
});

it('takes another target for auto where one cannot be asked', async () => {
  const away: Target = {
    ...bad,
    available: () => Promise.reject(new RehearsalError('TIMED_OUT', 'its API does not answer')),
  };
  expect(await chooseTarget('auto', [away, good])).toEqual({ target: good, why: 'two hosts' });
  await expect(chooseTarget('bad', [away])).rejects.toMatchObject({
    code: 'TARGET_UNAVAILABLE',
    message: 'target bad cannot be used here: its API does not answer',
  });
});

it('takes the target of that name', async () => {
  expect(await chooseTarget('good', [bad, good])).toEqual({ target: good, why: 'two hosts' });
});

it('has embedded on every machine', async () => {
  const { target: chosen, why } = await chooseTarget('embedded', allTargets());
  expect(chosen.name).toBe('embedded');
  expect(why).toMatch(/^PostgreSQL \d+\.\d+ from npm$/);
});

it('asks whether a known name was meant', async () => {
  await expect(chooseTarget('embeded', allTargets())).rejects.toMatchObject({
    code: 'USAGE',
    message: 'there is no target embeded',
    hint: 'did you mean embedded? the targets are auto, local, embedded, ssh, raff, hcloud, digitalocean',
  });
});

it('says why a target cannot be used, and what mends it', async () => {
  await expect(chooseTarget('bad', [bad, good])).rejects.toMatchObject({
    code: 'TARGET_UNAVAILABLE',
    message: 'target bad cannot be used here: there is no cloud',
    hint: 'rent one',
  });
});

it('takes what costs money, or is somebody’s own, by its name only', async () => {
  const rented: Target = { ...good, name: 'rented', onlyByName: true };
  expect(await chooseTarget('auto', [rented, good])).toMatchObject({ target: good });
  expect(await chooseTarget('rented', [rented, good])).toMatchObject({ target: rented });
});
