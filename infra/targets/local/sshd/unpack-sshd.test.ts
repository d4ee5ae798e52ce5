import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findLeftovers } from '../../embedded/leftovers.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'unpack-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

it('leaves what reap finds and removes when it is killed in the middle of a download', async () => {
  await writeFile(join(dir, 'apt-get'), '#!/bin/sh\necho begun >&2\nexec sleep 5\n');
  await chmod(join(dir, 'apt-get'), 0o755);
  const script = join(dir, 'unpack.mts');
  await writeFile(
    script,
    `import { unpackSshd } from '${import.meta.dirname}/unpack-sshd.ts';
await unpackSshd(process.argv[2], async () => [], { log: console.log, signal: new AbortController().signal });\n`,
  );
  const child = spawn(process.execPath, ['--import', 'tsx', script, join(dir, 'cache')], {
    cwd: join(import.meta.dirname, '../../../..'),
    env: { ...process.env, TMPDIR: dir, PATH: `${dir}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(createInterface(child.stdout), 'line');
  child.kill('SIGKILL');
  await exited;

  vi.stubEnv('TMPDIR', dir);
  const found = await findLeftovers('embedded');
  expect(found).toMatchObject([{ runId: expect.stringMatching(/^setup-/) as string, inUse: false }]);
  await Promise.all(found.map(({ remove }) => remove()));
  expect((await readdir(dir)).filter((name) => name.startsWith('dress-rehearsal'))).toEqual([]);
  expect(existsSync(join(dir, 'cache'))).toBe(false);
});
