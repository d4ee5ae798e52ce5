import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asSecret, isSecret, revealed } from '../../infra/provider-kit/wire.ts';
import { needsSshd } from '../support/sshd.ts';
import { COMMAND, startCommandFixture, type CommandFixture } from './command-plugin-fixture.ts';

describe.skipIf(!needsSshd('to run remote commands on'))('remote.Command of the stand-in', () => {
  let fixture: CommandFixture;
  let connection: CommandFixture['connection'];

  beforeAll(async () => {
    fixture = await startCommandFixture();
    ({ connection } = fixture);
  });
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.plugin.lines.length = 0;
  });

  async function created(inputs: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { outs } = await fixture.plugin.create(COMMAND, { connection, ...inputs });
    return outs;
  }
  function messages(): string[] {
    return fixture.plugin.lines.map(({ message }) => message);
  }

  it('is the release that @pulumi/command asks for', async () => {
    expect(await fixture.plugin.version()).toBe('1.2.1');
  });

  it('runs create with stdin, and keeps what it wrote but for the last newline', async () => {
    const { id, outs } = await fixture.plugin.create(COMMAND, {
      connection: asSecret(connection),
      create: 'cat; echo; echo; echo oops >&2',
      stdin: 'größe',
    });
    expect(id).toMatch(/^it[0-9a-f]{8}$/);
    expect(outs).toEqual({
      connection: asSecret(connection),
      create: 'cat; echo; echo; echo oops >&2',
      stdin: 'größe',
      stdout: 'größe\n',
      stderr: 'oops',
    });
    expect(messages().sort()).toEqual(['größe', 'oops']);
  });

  it('does nothing where there is no create', async () => {
    expect(await created({ delete: 'exit 1' })).toMatchObject({ stdout: '', stderr: '' });
  });

  it('runs update when inputs change, else create, and keeps the last output without either', async () => {
    const olds = await created({ create: 'echo first' });
    const update = (inputs: Record<string, unknown>): Promise<Record<string, unknown>> =>
      fixture.plugin.update(COMMAND, olds, { connection, ...inputs });
    expect(await update({ create: 'echo again', update: 'echo updated' })).toMatchObject({
      stdout: 'updated',
    });
    expect(await update({ create: 'echo again' })).toMatchObject({ stdout: 'again' });
    expect(await update({})).toMatchObject({ stdout: 'first' });
  });

  it('offers the last output to the next command, and warns where the host does not take it', async () => {
    const olds = await created({ create: 'echo first' });
    const news = { connection, create: 'echo "[$PULUMI_COMMAND_STDOUT]"' };
    expect(await fixture.plugin.update(COMMAND, olds, news)).toMatchObject({ stdout: '[]' });
    const warnings = fixture.plugin.lines.filter(({ status }) => !status);
    expect(warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('PULUMI_COMMAND_STDOUT') as unknown }),
    ]);
    fixture.plugin.lines.length = 0;
    await fixture.plugin.update(COMMAND, olds, { ...news, addPreviousOutputInEnv: false });
    expect(messages()).toEqual(['[]']);
  });

  it('runs delete over the stored connection, and says when it fails', async () => {
    const marker = join(fixture.folder, 'deleted');
    await fixture.plugin.delete(COMMAND, await created({ delete: `touch '${marker}'` }));
    expect(existsSync(marker)).toBe(true);
    const failing = await created({ delete: 'echo no; exit 4' });
    await expect(fixture.plugin.delete(COMMAND, failing)).rejects.toThrow(/status 4: "echo no; exit 4"\nno/);
  });

  it('fails with the exit status or signal, the command and all that it wrote', async () => {
    await expect(created({ create: 'echo out; echo err >&2; exit 3' })).rejects.toThrow(
      /^the command exited with status 3: "echo out; echo err >&2; exit 3"\n(out\nerr|err\nout)\n$/,
    );
    await expect(created({ create: 'kill -9 $$' })).rejects.toThrow(/was ended by signal SIGKILL/);
  });

  it('does not start a command whose environment the host refuses', async () => {
    const marker = join(fixture.folder, 'started');
    const creating = created({ create: `touch '${marker}'`, environment: { NAME: 'value' } });
    await expect(creating).rejects.toThrow(/refused the environment variable NAME: .*AcceptEnv/);
    expect(existsSync(marker)).toBe(false);
  });

  it('reaches a host through a bastion, and says where on the way it failed', async () => {
    const proxy = connection;
    expect(await created({ connection: { ...connection, proxy }, create: 'echo there' })).toMatchObject({
      stdout: 'there',
    });
    const closed = { ...connection, port: 1, dialErrorLimit: 0, proxy };
    await expect(created({ connection: closed, create: 'x' })).rejects.toThrow(
      /^proxy: .*no way from the proxy to/,
    );
    const noBastion = { ...connection, proxy: { ...connection, port: 1, dialErrorLimit: 0 } };
    await expect(created({ connection: noBastion, create: 'x' })).rejects.toThrow(/^proxy: .*ECONNREFUSED/);
  });

  it('gives up after as many failed dials as it may, and tells of each', async () => {
    const creating = created({ connection: { ...connection, port: 1 }, create: 'x' });
    await expect(creating).rejects.toThrow(
      /^after 2 failed attempts: cannot connect to .*:1: .*ECONNREFUSED/,
    );
    expect(messages()).toEqual(['Dial 1/2 failed: retrying', 'Dial 2/2 failed: retrying']);
  });

  it('logs in with a locked key and with an agent', async () => {
    const { host, port, user } = connection;
    const keyless = { host, port, user };
    const privateKey = await fixture.lockedKey('open sesame');
    const locked = { ...keyless, privateKey, privateKeyPassword: 'open sesame' };
    expect(await created({ connection: locked, create: 'echo in' })).toMatchObject({ stdout: 'in' });
    const wrong = { ...locked, privateKeyPassword: 'sesame' };
    await expect(created({ connection: wrong, create: 'echo in' })).rejects.toThrow(/privateKey/);

    const agentSocketPath = join(fixture.folder, 'agent');
    const { stdout } = await execa('ssh-agent', ['-a', agentSocketPath]);
    try {
      const key = { input: String(connection['privateKey']), env: { SSH_AUTH_SOCK: agentSocketPath } };
      await execa('ssh-add', ['-q', '-'], key);
      const byAgent = { connection: { ...keyless, agentSocketPath }, create: 'echo in' };
      expect(await created(byAgent)).toMatchObject({ stdout: 'in' });
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]));
    }
  });

  it('takes long lines, and refuses more output than it can keep', async () => {
    const long = await created({ create: "head -c 3000000 /dev/zero | tr '\\0' x" });
    expect(String(long['stdout'])).toHaveLength(3_000_000);
    await expect(created({ create: 'yes' })).rejects.toThrow(/more than 16 MB/);
  });

  it('logs only what it should', async () => {
    const create = 'echo out; echo err >&2';
    await created({ create, logging: 'none' });
    expect(messages()).toEqual([]);
    await created({ create, logging: 'stderr' });
    expect(messages()).toEqual(['err']);
  });

  it('keeps what a secret command wrote as a secret, and shows neither in an error', async () => {
    const outs = await created({ create: asSecret('echo hunter2') });
    expect([outs['create'], outs['stdout'], outs['connection']].every(isSecret)).toBe(true);
    expect(revealed(outs['stdout'])).toBe('hunter2');
    const failing = created({ create: 'cat; exit 1', stdin: asSecret('hunter2') });
    await expect(failing).rejects.toThrow(/status 1: "cat; exit 1"\n\[secret\]$/);
  });

  it('names the resources that it does not offer, and what to do', async () => {
    const { failures } = await fixture.plugin.check('urn:pulumi:s::p::command:local:Command::it', {});
    expect(failures).toEqual([
      expect.stringMatching(
        /command:local:Command is not supported .*pulumi plugin install resource command 1.2.1/,
      ),
    ]);
  });
});
