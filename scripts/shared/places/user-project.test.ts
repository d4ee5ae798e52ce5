import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot, runsOf } from './user-project.ts';

async function folders(...names: string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-project-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const name of names) await mkdir(join(root, name), { recursive: true });
  return root;
}

test('the project is where the nearest rehearsals/ lies, upwards', async () => {
  const root = await folders(
    '.git',
    'rehearsals/a',
    'apps/shop/rehearsals',
    'apps/shop/src/deep',
    'apps/mail',
  );
  expect(projectRoot(join(root, 'rehearsals/a'))).toBe(root);
  expect(projectRoot(join(root, 'apps/mail'))).toBe(root);
  expect(projectRoot(join(root, 'apps/shop/src/deep'))).toBe(join(root, 'apps/shop'));
});

test('nothing outside of the repository is taken', async () => {
  const root = await folders('rehearsals', 'app/.git', 'app/src');
  expect(projectRoot(join(root, 'app/src'))).toBe(join(root, 'app/src'));
});

test('runs go beside the rehearsals in a project that has the package, and into runs/ here in a checkout', async () => {
  const root = await folders('.git', 'rehearsals/a');
  expect(runsOf(join(root, 'rehearsals/a'), true)).toBe('../../.rehearse/runs');
  expect(runsOf(root, true)).toBe('.rehearse/runs');
  expect(runsOf(join(root, 'rehearsals/a'), false)).toBe('runs');
});
