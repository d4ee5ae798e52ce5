import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliScript, fakeMachine, type FakeMachine } from '../../../test/support/servers/fake-engine.ts';
import { isReady, setUp, type SetUp, type SetUpOptions } from './set-up.ts';
import { setUpLines } from './set-up-lines.ts';

const SSHD = { path: '/usr/sbin/sshd', origin: 'system' } as const;

async function run(
  { env }: FakeMachine,
  options: Partial<SetUpOptions> = {},
): Promise<{ done: SetUp; said: string[] }> {
  const said: string[] = [];
  const done = await setUp({
    env,
    signal: new AbortController().signal,
    log: (line) => said.push(line),
    releases: [],
    acceptStandIn: false,
    ensureSshd: () => Promise.resolve(SSHD),
    ...options,
  });
  return { done, said };
}

/** A CLI that can install the plugin, and notes in a file that it was asked to. */
async function installingCli(machine: FakeMachine): Promise<string> {
  const asked = join(machine.dir, 'asked');
  const plugin = '"$PULUMI_HOME/plugins/resource-command-v1.2.1"';
  const install = `PATH=/usr/bin:/bin; echo "$*" > '${asked}'; mkdir -p ${plugin}
    echo > ${plugin}/pulumi-resource-command; chmod 755 ${plugin}/pulumi-resource-command`;
  await machine.program('pulumi', `case $1 in version) echo v3.250.0;; *) ${install};; esac`);
  await machine.program('pulumi-language-nodejs', '');
  return asked;
}

test('set-up installs the official plugin and ends with what it found', async () => {
  const machine = await fakeMachine();
  await installingCli(machine);
  const { done, said } = await run(machine);
  expect(said).toEqual(['trying to install the official plugin command 1.2.1', '  installed']);
  expect(isReady(done)).toBe(true);
  expect(setUpLines(done)).toEqual([
    `✔ Pulumi CLI      3.250.0, on this machine (${join(machine.bin, 'pulumi')})`,
    `✔ language host   3.250.0, on this machine (${join(machine.bin, 'pulumi-language-nodejs')})`,
    '✔ plugin command  1.2.1, official',
    '✔ sshd            /usr/sbin/sshd',
  ]);
  expect((await run(machine)).said).toEqual([]);
});

test('where the stand-in is enough the official plugin is not looked for', async () => {
  const machine = await fakeMachine();
  const asked = await installingCli(machine);
  const { done, said } = await run(machine, { acceptStandIn: true });
  expect(said).toEqual([]);
  expect(existsSync(asked)).toBe(false);
  expect(isReady(done)).toBe(true);
  expect(setUpLines(done)[2]).toBe(
    '✔ plugin command  1.2.1, the stand-in of this project (the official one is not installed)',
  );
});

test('an official plugin that cannot be had is told with the reason, and the stand-in answers', async () => {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  await machine.program('pulumi-language-nodejs', '');
  const { done, said } = await run(machine);
  expect(said.at(-1)).toBe(
    '  it cannot be had from here (fake: plugin install resource command 1.2.1 --non-interactive)',
  );
  expect(isReady(done)).toBe(true);
});

test('without an engine set-up still gets the SSH server, and says what is missing', async () => {
  const { done } = await run(await fakeMachine());
  expect(done.problem).toMatchObject({ code: 'ENGINE_NOT_FOUND' });
  expect(done.sshd).toEqual(SSHD);
  expect(isReady(done)).toBe(false);
  expect(setUpLines(done)[0]).toMatch(
    /^✘ Pulumi CLI {2}the Pulumi CLI \(3\.238 or newer, below 4\) is neither on PATH/,
  );
});

test('a missing SSH server makes set-up incomplete; where there can be none it is left out', async () => {
  const machine = await fakeMachine();
  await installingCli(machine);
  const missing = { missing: 'there is no sshd', remedy: 'install openssh-server' };
  const { done } = await run(machine, { ensureSshd: () => Promise.resolve(missing) });
  expect(isReady(done)).toBe(false);
  expect(setUpLines(done).at(-1)).toBe('✘ sshd            there is no sshd; install openssh-server');
  const other = await run(machine, { ensureSshd: undefined });
  expect(isReady(other.done)).toBe(true);
  expect(setUpLines(other.done)).toHaveLength(3);
});
