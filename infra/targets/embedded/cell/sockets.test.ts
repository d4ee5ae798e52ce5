import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runDirOf } from '../run-dir.ts';
import { Sockets } from './sockets.ts';

const PORT = 54321;
let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a socket that is made but not listened on is not taken from its server', async () => {
  folder = await mkdtemp(join(tmpdir(), 'sockets-'));
  const user = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const sockets = await Sockets.open({ ...runDirOf('x'), sockets: folder }, user);
  const path = join(await sockets.next(), `.s.PGSQL.${PORT}`);
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program, path], { stdio: 'ignore' }), 'exit');
  expect(await sockets.listening(PORT, () => false, AbortSignal.timeout(5_000))).toBe(false);
  await sockets.close();
});
