import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import command from '@pulumi/command';
import pulumi from '@pulumi/pulumi';
import automation, { type EngineEvent, type OpMap, type Stack } from '@pulumi/pulumi/automation/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineCommand } from '../pulumi/engine-command.ts';
import { findEngine } from '../pulumi/engine/find-engine.ts';
import { needsEngine } from '../../test/support/needs.ts';
import { needsSshd, startSshd, type TestSshd } from '../../test/support/hosts/sshd.ts';
import { EXECUTABLE } from '../../test/integration/plugins/command-plugin-fixture.ts';

const ready =
  (await needsEngine('to use the stand-in as people do')) && needsSshd('to run remote commands on');

describe.skipIf(!ready)('the stand-in under the engine', () => {
  let folder: string;
  let sshd: TestSshd;
  let stack: Stack;
  let changes: OpMap | undefined;
  const diagnostics: string[] = [];
  let trigger = 'first';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command engine '));
    sshd = await startSshd();
    await writeFile(join(folder, 'text'), 'one');
    stack = await stackIn(folder, program);
  });
  afterAll(async () => {
    await sshd.remove();
    await rm(folder, { recursive: true, force: true });
  });

  function program(): Promise<Record<string, unknown>> {
    const { host, port, username: user, privateKey, hostKey } = sshd.access;
    const connection = { host, port, user, privateKey, hostKey };
    const log = join(folder, 'log');
    const copy = new command.remote.CopyToRemote('copy', {
      connection,
      source: new pulumi.asset.FileAsset(join(folder, 'text')),
      remotePath: join(folder, 'host', 'copied'),
    });
    const create = pulumi.interpolate`cat '${copy.remotePath}'`;
    const read = new command.remote.Command('read', {
      connection,
      create,
      triggers: [copy.source],
      addPreviousOutputInEnv: false,
      logging: 'none',
    });
    new command.remote.Command('mark', {
      connection,
      create: pulumi.interpolate`echo create ${trigger} >>'${log}'; echo ${pulumi.secret('hunter2')}`,
      delete: `echo delete >>'${log}'`,
      addPreviousOutputInEnv: false,
      logging: 'none',
      triggers: [trigger],
    });
    return Promise.resolve({ read: read.stdout });
  }

  const onEvent = ({ summaryEvent, diagnosticEvent }: EngineEvent): void => {
    changes = summaryEvent?.resourceChanges ?? changes;
    // Those of severity `debug` hold secrets in plain text.
    if (diagnosticEvent && ['warning', 'error'].includes(diagnosticEvent.severity)) {
      diagnostics.push(diagnosticEvent.message);
    }
  };
  async function up(): Promise<unknown> {
    const { outputs } = await stack.up({ onEvent }).catch((error: unknown) => {
      throw new Error(diagnostics.join('\n'), { cause: error });
    });
    return outputs['read']?.value;
  }
  async function logged(): Promise<string[]> {
    return (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');
  }

  it('previews, creates, leaves alone, replaces and destroys', async () => {
    await stack.preview({ onEvent });
    expect(changes).toEqual({ create: 4 });
    expect(await up()).toBe('one');
    expect(changes).toEqual({ create: 4 });
    const state = await readFile(join(folder, 'state/.pulumi/stacks/stand-in/test.json'), 'utf8');
    expect(state).not.toMatch(/hunter2|PRIVATE KEY/);

    expect(await up()).toBe('one');
    expect(changes).toEqual({ same: 4 });

    trigger = 'second';
    await up();
    expect(changes).toMatchObject({ same: 3, replace: 1 });
    expect(await logged()).toEqual(['create first', 'create second', 'delete']);

    await writeFile(join(folder, 'text'), 'two');
    expect(await up()).toBe('two');
    expect(changes).toMatchObject({ same: 2, update: 1, replace: 1 });

    await stack.destroy({ onEvent });
    expect(changes).toEqual({ delete: 4 });
    expect(await logged()).toEqual(['create first', 'create second', 'delete', 'delete']);
    expect(diagnostics.filter((message) => !message.includes('$PATH'))).toEqual([]);
  });
});

async function stackIn(folder: string, program: () => Promise<Record<string, unknown>>): Promise<Stack> {
  const engine = await findEngine();
  if ('missing' in engine) throw new Error(engine.missing);
  for (const name of ['state', 'work', 'home']) await mkdir(join(folder, name));
  return automation.LocalWorkspace.createStack(
    { projectName: 'stand-in', stackName: 'test', program },
    {
      workDir: join(folder, 'work'),
      pulumiCommand: new EngineCommand(engine).asPulumiCommand,
      secretsProvider: 'passphrase',
      projectSettings: {
        name: 'stand-in',
        runtime: 'nodejs',
        backend: { url: `file://${join(folder, 'state')}` },
      },
      envVars: {
        ...engine.env,
        // Whatever else is installed.
        PATH: `${dirname(EXECUTABLE)}${delimiter}${engine.env['PATH'] ?? ''}`,
        PULUMI_HOME: join(folder, 'home'),
        PULUMI_CONFIG_PASSPHRASE: 'test',
      },
    },
  );
}
