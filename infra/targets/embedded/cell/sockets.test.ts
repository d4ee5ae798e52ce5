import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runDirOf } from '../run-dir.ts';
import { Sockets } from './sockets.ts';

const PORT = 54321;
const user = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a socket that is made but not listened on is not taken from its server', async () => {
  folder = await mkdtemp(join(tmpdir(), 'sockets-'));
  const sockets = await Sockets.open({ ...runDirOf('x'), sockets: folder }, user);
  const path = join(await sockets.next(), `.s.PGSQL.${PORT}`);
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program, path], { stdio: 'ignore' }), 'exit');
  expect(await sockets.listening(PORT, () => false, AbortSignal.timeout(5_000))).toBe(false);
  await sockets.close();
});

// Only root takes the folder from the server's user.
it.skipIf(user.uid !== 0).each([90, 91, 92, 150])(
  'a server is heard and reached where the folder’s path has %d bytes',
  async (bytes) => {
    folder = await mkdtemp(join(tmpdir(), 'sockets-'));
    const long = join(folder, 'x'.repeat(bytes - folder.length - 1));
    await mkdir(long);
    const sockets = await Sockets.open({ ...runDirOf('x'), sockets: long }, user);
    const program = `require('net').createServer().listen(process.argv[1])`;
    const cwd = await sockets.next();
    const server = spawn(process.execPath, ['-e', program, `.s.PGSQL.${PORT}`], { cwd, stdio: 'ignore' });
    try {
      expect(await sockets.listening(PORT, () => true, AbortSignal.timeout(15_000))).toBe(true);
      const client = connect({ path: join(sockets.dir, `.s.PGSQL.${PORT}`) });
      await once(client, 'connect');
      client.destroy();
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
      await sockets.close();
    }
  },
);
