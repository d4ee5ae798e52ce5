import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'host-setup-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The script of the timer; no program that could switch this machine off is in its reach. */
async function ender(): Promise<{
  run: (...args: string[]) => Promise<unknown>;
  switchedOff: () => boolean;
}> {
  const setup = await readFile(new URL('host-setup.sh', import.meta.url), 'utf8');
  const [, script = ''] = /<<'END'\n([\s\S]*?)\nEND\n/.exec(setup) ?? [];
  const [bin, file, off] = [join(dir, 'bin'), join(dir, 'end.sh'), join(dir, 'off')];
  await mkdir(bin);
  for (const name of ['date', 'sleep', 'head', 'rm']) await symlink(`/usr/bin/${name}`, join(bin, name));
  for (const name of ['poweroff', 'systemctl']) {
    await writeFile(join(bin, name), `#!/bin/sh\n: >'${off}'\n`);
    await chmod(join(bin, name), 0o755);
  }
  await writeFile(file, script);
  const run = (...args: string[]) =>
    promisify(execFile)('/bin/sh', [file, ...args], { env: { PATH: bin }, timeout: 30_000 });
  return { run, switchedOff: () => existsSync(off) };
}

it('ends the server, deletes the data and switches the host off when the time has come', async () => {
  const { run, switchedOff } = await ender();
  const [engine, postgres, other] = [join(dir, 'engine'), join(dir, 'postgres'), join(dir, 'other')];
  const server = spawn('sleep', ['60']);
  const ended = once(server, 'exit');
  for (const folder of [engine, other, join(postgres, 'primary', 'data')])
    await mkdir(folder, { recursive: true });
  await writeFile(join(postgres, 'primary', 'data', 'postmaster.pid'), `${server.pid}\n/data\n`);
  await run('0', engine, postgres);
  expect(await ended).toEqual([null, 'SIGQUIT']);
  expect([engine, postgres, other].map((folder) => existsSync(folder))).toEqual([false, false, true]);
  expect(switchedOff()).toBe(true);
});

/** The part that starts the timer, on a host whose clock is `wrongBySec` ahead. */
async function leftOn(wrongBySec: number): Promise<{ left: number; said: string }> {
  const setup = await readFile(new URL('host-setup.sh', import.meta.url), 'utf8');
  const [start = ''] = /if \[ ! -e "\$home\/ends" \][\s\S]*?\nfi\n/.exec(setup) ?? [];
  const expires = Math.floor(Date.now() / 1000) + 7000;
  const script = `
    say() { printf '%s\\n' "$1"; }
    date() { echo $(($(command date +%s) + ${wrongBySec})); }
    systemd-run() { echo "left $4"; }
    setsid() { echo "left $2" >&3; }
    home='${dir}' ender=ender expires=${expires} life=7200 engine=e postgres=p
    exec 3>&1
    ${start}
    wait`;
  const { stdout } = await promisify(execFile)('/bin/bash', ['-c', script]);
  return { left: Number(/left (\d+)/.exec(stdout)?.[1]), said: stdout.replace(/left \d+\n/, '') };
}

it.each([
  ['is right', 0, 7000, ''],
  ['is three hours ahead', 10_800, 7200, 'its clock is wrong by some 18'],
  ['stands at 1970', -1_700_000_000, 7200, 'its clock is wrong by some'],
])(
  'ends a host whose clock %s no later than a life after it was made ready',
  async (_, ahead, left, said) => {
    const told = await leftOn(ahead);
    expect(Math.abs(told.left - left)).toBeLessThan(5);
    expect(told.said).toContain(said);
  },
);
