import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries, parseVersion } from './binaries.ts';

describe('parseVersion', () => {
  it.each([
    ['postgres (PostgreSQL) 18.4', { version: '18.4', major: 18 }],
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', { version: '15.18', major: 15 }],
    ['postgres (PostgreSQL) 19beta1', { version: '19beta1', major: 19 }],
    ['bash: postgres: command not found', undefined],
  ])('%s', (output, expected) => {
    expect(parseVersion(output)).toEqual(expected);
  });
});

describe('findBinaries', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'binaries-test-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(dir, name), 0o755);
  }

  it('takes the package from npm when nothing else is asked for', async () => {
    expect(await findBinaries({})).toMatchObject({ major: 18, origin: 'npm' });
  });

  it('takes the folder that the rehearsal names', async () => {
    await program('initdb', 'exit 0');
    await program('postgres', 'echo "postgres (PostgreSQL) 14.9"');
    const expected = { binDir: dir, version: '14.9', major: 14, origin: 'binDir' };
    expect(await findBinaries({ binDir: dir })).toEqual(expected);
    expect(await findBinaries({ binDir: dir, version: 14 })).toEqual(expected);
  });

  it('refuses a folder of another version than asked for', async () => {
    await program('initdb', 'exit 0');
    await program('postgres', 'echo "postgres (PostgreSQL) 14.9"');
    await expect(findBinaries({ binDir: dir, version: 16 })).rejects.toMatchObject({
      code: 'POSTGRES_NOT_FOUND',
      message: `postgres.binDir ${dir} has PostgreSQL 14.9, but postgres.version asks for 16`,
    });
  });

  it('refuses a folder without the two programs', async () => {
    await program('postgres', 'echo "postgres (PostgreSQL) 14.9"');
    await expect(findBinaries({ binDir: dir })).rejects.toMatchObject({
      code: 'POSTGRES_NOT_FOUND',
      message: `postgres.binDir ${dir} has no initdb and postgres that run here`,
    });
  });

  it('names where it looked, and what to install, for a version that is not here', async () => {
    await expect(findBinaries({ version: 98 })).rejects.toMatchObject({
      code: 'POSTGRES_NOT_FOUND',
      message: expect.stringMatching(
        /^PostgreSQL 98 was not found; looked at the npm package \(18\.\d+\), \//,
      ) as string,
      hint: expect.stringMatching(/install postgresql[-@]98\).*postgres\.version: 18$/) as string,
    });
  });
});
