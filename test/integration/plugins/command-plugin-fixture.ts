import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlugin, type PluginFixture } from '../../../infra/provider-kit/plugin-fixture.ts';
import { startSshd, type TestSshd } from '../../support/hosts/sshd.ts';

export const EXECUTABLE = join(import.meta.dirname, '../../../infra/command-plugin/pulumi-resource-command');
export const COMMAND = 'urn:pulumi:s::p::command:remote:Command::it';
/** What a command has to say of its output. */
export const QUIET = { logging: 'none', addPreviousOutputInEnv: false };
export const COPY = 'urn:pulumi:s::p::my:Parent$command:remote:CopyToRemote::it';

/** The stand-in, started by a link and from a folder with blanks in its name, and a host to use it on. */
export interface CommandFixture {
  readonly plugin: PluginFixture;
  readonly sshd: TestSshd;
  /** Of the host, which is this machine, and of nobody else. */
  readonly folder: string;
  readonly connection: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startCommandFixture(): Promise<CommandFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'command plugin '));
  const sshd = await startSshd();
  const { host, port, username: user, privateKey, hostKey } = sshd.access;
  const link = join(folder, 'a link');
  await symlink(EXECUTABLE, link);
  const plugin = await startPlugin(link, { cwd: folder });
  await rm(link);
  return {
    plugin,
    sshd,
    folder,
    connection: { host, port, user, privateKey, hostKey, dialErrorLimit: 2 },
    stop: async () => {
      await plugin.stop();
      await sshd.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An executable that starts the stand-in as its child and writes down the child's pid, as an engine would have it. */
export async function engineScript(folder: string): Promise<{ path: string; pidFile: string }> {
  const [path, pidFile] = [join(folder, 'engine'), join(folder, 'plugin.pid')];
  await writeFile(path, `#!/bin/sh\n"${EXECUTABLE}" "$@" &\necho $! >"${pidFile}"\nwait\n`);
  await chmod(path, 0o755);
  return { path, pidFile };
}
