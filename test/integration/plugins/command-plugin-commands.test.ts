import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asSecret, isSecret, revealed } from '../../../infra/provider-kit/wire.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import { COMMAND, QUIET, startCommandFixture, type CommandFixture } from './command-plugin-fixture.ts';

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
    const { outs } = await fixture.plugin.create(COMMAND, { connection, ...QUIET, ...inputs });
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
      ...QUIET,
    });
    expect(id).toMatch(/^it[0-9a-f]{8}$/);
    expect(outs).toEqual({
      connection: asSecret(connection),
      create: 'cat; echo; echo; echo oops >&2',
      stdin: 'größe',
      ...QUIET,
      stdout: 'größe\n',
      stderr: 'oops',
    });
    expect(messages()).toEqual([]);
  });

  it('does nothing where there is no create', async () => {
    expect(await created({ delete: 'exit 1' })).toMatchObject({ stdout: '', stderr: '' });
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
      /^the command exited with status 3: "echo out; echo err >&2; exit 3"\nout\nerr\n$/,
    );
    await expect(created({ create: 'kill -9 $$' })).rejects.toThrow(/was ended by a signal/);
  });

  it('reaches a host through a bastion, and says where on the way it failed', async () => {
    const proxy = connection;
    expect(await created({ connection: { ...connection, proxy }, create: 'echo there' })).toMatchObject({
      stdout: 'there',
    });
    const closed = { ...connection, port: 1, dialErrorLimit: 0, proxy };
    await expect(created({ connection: closed, create: 'x' })).rejects.toThrow(
      /the jump host cannot reach .*:1: /,
    );
    const noBastion = { ...connection, dialErrorLimit: 0, proxy: { ...connection, port: 1 } };
    await expect(created({ connection: noBastion, create: 'x' })).rejects.toThrow(
      /:1 by SSH: .*ECONNREFUSED/,
    );
  });

  it('gives up after as many failed dials as it may, and tells of each', async () => {
    const creating = created({ connection: { ...connection, port: 1 }, create: 'x' });
    await expect(creating).rejects.toThrow(
      /^after 2 failed attempts: cannot reach .*:1 by SSH: .*ECONNREFUSED/,
    );
    expect(messages()).toEqual(['Dial 1/2 failed: retrying', 'Dial 2/2 failed: retrying']);
  });

  it('takes long lines, and of more than it can keep the beginning', async () => {
    const long = await created({ create: "head -c 3000000 /dev/zero | tr '\\0' x" });
    expect(String(long['stdout'])).toHaveLength(1_000_000);
  });

  it('fails at once where the host shows another key', async () => {
    const hostKey = `ssh-ed25519 ${Buffer.alloc(51, 'x').toString('base64')}`;
    const creating = created({ connection: { ...connection, hostKey }, create: 'x' });
    await expect(creating).rejects.toThrow(/shows another host key/);
    expect(messages()).toEqual([]);
  });

  it('fails at once, without the key, where it cannot be read', async () => {
    const creating = created({ connection: { ...connection, privateKey: 'no key' }, create: 'x' });
    await expect(creating).rejects.toThrow(/Cannot parse privateKey/);
    await expect(creating).rejects.not.toThrow(/no key/);
    expect(messages()).toEqual([]);
  });

  it('logs in by an agent', async () => {
    const { host, port, user, hostKey } = connection;
    const agentSocketPath = join(fixture.folder, 'agent');
    const { stdout } = await execa('ssh-agent', ['-a', agentSocketPath]);
    try {
      const key = { input: String(connection['privateKey']), env: { SSH_AUTH_SOCK: agentSocketPath } };
      await execa('ssh-add', ['-q', '-'], key);
      const byAgent = { connection: { host, port, user, hostKey, agentSocketPath }, create: 'echo in' };
      expect(await created(byAgent)).toMatchObject({ stdout: 'in' });
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]));
    }
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
