import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../plan/model.ts';
import { evidenceFiles } from './evidence-files.ts';
import { copyPlan } from './plan-copy.ts';
import { RunFolder } from './run-folder.ts';
import { newRunId } from './run-id.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-folder-test-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('RunFolder', () => {
  it('tells a stream that was never written from an empty one', async () => {
    const folder = await RunFolder.create(join(dir, 'run'));
    expect(await folder.read('waits')).toBeUndefined();
    await folder.writer('waits').close();
    expect(await folder.read('waits')).toEqual([]);
  });

  it('refuses a folder that is not of a run', () => {
    expect(() => RunFolder.open(dir)).toThrow('is not a run folder');
  });

  it.each(['in a circle', 'nowhere'])(
    'opens one with a link that leads %s, which its seal names',
    async (where) => {
      const run = await RunFolder.create(join(dir, 'run'));
      await run.writeFile('artifacts/run.json', '{}');
      const path = run.file('artifacts', 'environment.json');
      await symlink(where === 'nowhere' ? join(dir, 'gone') : path, path);
      expect(RunFolder.open(run.path).has('waits')).toBe(false);
      expect(await evidenceFiles(run.path)).toContainEqual(
        expect.objectContaining({ path: 'artifacts/environment.json', oddity: 'is a symbolic link' }),
      );
    },
  );
});

describe('copyPlan', () => {
  it('keeps the exact bytes, those beside the rehearsal too, with sums that sha256sum accepts', async () => {
    await mkdir(join(dir, 'rehearsal', 'sql'), { recursive: true });
    await writeFile(join(dir, 'rehearsal', 'sql', 'a.sql'), 'select 1;\r\n');
    await writeFile(join(dir, 'shared.sql'), 'select 2;');
    const rehearsal = {
      dir: join(dir, 'rehearsal'),
      files: ['../shared.sql', 'sql/a.sql'],
    } as unknown as Rehearsal;
    const folder = await RunFolder.create(join(dir, 'run'));
    const sum = await copyPlan(folder, rehearsal);
    expect(sum).toMatch(/^[0-9a-f]{64}$/);
    const checked = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], {
      cwd: folder.file('plan'),
    }).toString();
    expect(checked).toBe('_up/shared.sql: OK\nsql/a.sql: OK\n');
    await writeFile(join(dir, 'shared.sql'), 'select 3;');
    expect(await copyPlan(folder, rehearsal)).not.toBe(sum);
  });
});

describe('newRunId', () => {
  it('is the rehearsal, the UTC time and four hex digits', () => {
    expect(newRunId('demo', new Date('2026-11-22T02:14:07.500Z'))).toMatch(
      /^demo-20261122-021407-[0-9a-f]{4}$/,
    );
  });
});
