import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Env } from '../../../infra/pulumi/engine/places.ts';
import { OWN_ROOT as ROOT } from '../../../scripts/shared/places/own-files.mjs';
import { cliScript, fakeMachine, goScript, type FakeMachine } from '../../support/servers/fake-engine.ts';
import { serve } from '../../support/servers/release-server.ts';

/** A script of scripts/setup as npm runs it, on a machine where only the programs of the test are. */
function start(script: string, args: readonly string[], { env }: FakeMachine, more: Env = {}) {
  return execa(process.execPath, [join(ROOT, 'scripts', 'setup', script), ...args], {
    env: { ...env, TMPDIR: process.env['TMPDIR'], PULUMI_BACKEND_URL: 'file:///nowhere', ...more },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

test('pulumi.mjs runs the CLI that was found, in the project, and passes on its output and exit code', async () => {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  const version = await start('pulumi.mjs', ['version'], machine);
  expect([version.stdout, version.stderr, version.exitCode]).toEqual(['v3.250.0', '', 0]);
  await machine.program(
    'pulumi',
    `[ "$1" = version ] && echo 3.250.0 || { pwd; echo "$PULUMI_HOME"; exit 7; }`,
  );
  const other = await start('pulumi.mjs', ['about', '--a b'], machine);
  expect(other.stdout).toBe(`${ROOT}\n${join(machine.dir, 'home', '.pulumi')}`);
  expect(other.exitCode).toBe(7);
});

test('pulumi.mjs says once what answers for the plugin, and only to commands that start plugins', async () => {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  await machine.program('pulumi-language-nodejs', '');
  const { stderr } = await start('pulumi.mjs', ['up', '--yes'], machine);
  expect(stderr.split('\n')).toEqual([
    "note: the official plugin command 1.2.1 is not installed; this project's stand-in answers for it",
    'fake: up --yes',
  ]);
});

test('without an engine pulumi.mjs runs nothing and says how to get one', async () => {
  const { stderr, exitCode } = await start('pulumi.mjs', ['up'], await fakeMachine());
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^error ENGINE_NOT_FOUND: the Pulumi CLI .*\nhint: npm run setup$/);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the CLI once, which may take its time to clean up',
  async (signal) => {
    const machine = await fakeMachine();
    const log = join(machine.dir, 'log');
    // A shell cannot trap what it was started to ignore, as every job in the background of a script is.
    const reset = `[ "$RESET" ] || RESET=1 exec /usr/bin/env --default-signal=INT "$0" "$@"`;
    const count = `trap 'echo asked >> "${log}"; asked=1' INT TERM HUP; echo ready >> "${log}"`;
    const wait = `PATH=/usr/bin:/bin; until [ "$asked" ]; do sleep 0.1; done; sleep 0.6; exit 130`;
    await machine.program(
      'pulumi',
      `[ "$1" = version ] && echo 3.250.0 && exit; ${reset}; ${count}; ${wait}`,
    );
    const script = start('pulumi.mjs', ['up'], machine);
    await expect.poll(() => existsSync(log), { timeout: 20_000 }).toBe(true);
    script.kill(signal);
    script.kill(signal); // npm passes on what the process group has got already
    expect((await script).exitCode).toBe(130);
    expect(await readFile(log, 'utf8')).toBe('ready\nasked\n');
  },
);

test('Ctrl-C ends a set-up that builds, with one line and nothing half-made', async () => {
  const machine = await fakeMachine();
  const building = join(machine.dir, 'building');
  await machine.program('go', goScript('1.26.8', '', `echo > '${building}'; sleep 60`));
  const setup = start('setup.mjs', [], machine, { REHEARSE_PULUMI_MIRROR: `${await serve({})}/` });
  await expect.poll(() => existsSync(building), { timeout: 20_000 }).toBe(true);
  setup.kill('SIGINT');
  const { exitCode, stderr, stdout } = await setup;
  expect(exitCode).toBe(130);
  expect(stdout).toBe('');
  expect(stderr.split('\n').at(-1)).toBe(
    'error INTERRUPTED: set-up was stopped by SIGINT; nothing half-made is left',
  );
  expect(await readdir(machine.engineCache)).toEqual([]);
});

test('set-up refuses an option that it does not know, and explains itself', async () => {
  const machine = await fakeMachine();
  const refused = await start('setup.mjs', ['--fast'], machine);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/^error USAGE: setup does not know --fast\nnpm run setup /);
  const help = await start('setup.mjs', ['--help'], machine);
  expect([help.exitCode, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/^npm run setup /);
});
