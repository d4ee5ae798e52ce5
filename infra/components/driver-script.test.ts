import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineFailure } from '../pulumi/engine-failure.ts';
import { shellWord } from '../ssh/quote.ts';

/** As the provider of commands runs it: one text for the shell. */
async function runDriverScript(
  dir: string,
  port: number,
  node = process.execPath,
): Promise<{ exitCode: number | undefined; said: string }> {
  const script = await readFile(new URL('driver.sh', import.meta.url), 'utf8');
  const values = {
    node,
    bundle: join(dir, 'driver.mjs'),
    job: join(dir, 'rehearse', 'job'),
    primary: '127.0.0.1',
  };
  const variables = Object.entries({ ...values, port: String(port) }).map(
    ([name, value]) => `${name}=${shellWord(value)}`,
  );
  const { exitCode, all } = await execa('sh', ['-c', [...variables, script].join('\n')], {
    reject: false,
    all: true,
  });
  return { exitCode, said: all };
}

function toldAs(said: string): object {
  const message = `Process exited with status 1: running "…":\n${said}`;
  const diagnostics = [{ resourceType: 'command:remote:Command', message }];
  const { code, message: told } = engineFailure({ output: '', killedBy: null, diagnostics });
  return { code, told };
}

describe('what prepares the driver host', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'driver script-'));
    await writeFile(join(dir, 'driver.mjs'), '');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('makes a private folder for the job, and may run again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await runDriverScript(dir, port)).toMatchObject({ exitCode: 0 });
    expect(await runDriverScript(dir, port)).toMatchObject({ exitCode: 0 });
    expect((await stat(join(dir, 'rehearse', 'job'))).mode & 0o777).toBe(0o700);
    server.close();
  });

  test('says that the driver cannot reach the primary', async () => {
    const { exitCode, said } = await runDriverScript(dir, 1);
    expect(exitCode).toBe(1);
    expect(toldAs(said)).toEqual({
      code: 'DRIVER_FAILED',
      told: 'the driver host cannot reach the primary at 127.0.0.1:1',
    });
  });

  test('says that Node.js does not run there', async () => {
    const { said } = await runDriverScript(dir, 1, '/nonexistent/node');
    expect(toldAs(said)).toEqual({
      code: 'DRIVER_FAILED',
      told: 'Node.js does not run on the driver host (/nonexistent/node)',
    });
  });
});
