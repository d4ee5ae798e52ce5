import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../infra/process-identity.ts';
import { startPlugin } from '../../../infra/provider-kit/plugin-fixture.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import {
  COMMAND,
  QUIET,
  engineScript,
  startCommandFixture,
  type CommandFixture,
} from './command-plugin-fixture.ts';

const WAIT_MS = 20_000;

describe.skipIf(!needsSshd('to run remote commands on'))('the end of the stand-in', () => {
  let fixture: CommandFixture;

  beforeEach(async () => {
    fixture = await startCommandFixture();
  });
  afterEach(async () => {
    await fixture.stop();
  });

  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!(await what())) {
      if (Date.now() > deadline) throw new Error(`still not so: ${String(what)}`);
      await sleep(50);
    }
  }

  /** A command that would run for an hour, and the pids of its shell and of what that started. */
  function longCommand(): {
    create: string;
    running: () => Promise<boolean>;
    started: () => boolean;
  } {
    const pids = join(fixture.folder, 'pids');
    const alive = async (): Promise<boolean> => {
      const found = (await readFile(pids, 'utf8')).trim().split(/\s+/).map(Number);
      const identities = await Promise.all(found.map(identityOf));
      return identities.some(Boolean);
    };
    return {
      create: `sleep 3600 & echo $$ $! >'${pids}.new'; mv '${pids}.new' '${pids}'; wait`,
      running: alive,
      started: () => existsSync(pids),
    };
  }

  it('ends a running command with all that it started when the engine cancels', async () => {
    const { create, running, started } = longCommand();
    const creating = fixture.plugin.create(COMMAND, { connection: fixture.connection, create, ...QUIET });
    const failed = expect(creating).rejects.toThrow('cancelled');
    await until(started);
    expect(await running()).toBe(true);
    await fixture.plugin.cancel();
    await failed;
    await until(async () => !(await running()));
  });

  it('ends a running command, and then itself, when the engine is killed', async () => {
    const { create, running, started } = longCommand();
    const engine = await engineScript(fixture.folder);
    const plugin = await startPlugin(engine.path);
    const pid = Number(await readFile(engine.pidFile, 'utf8'));
    plugin.create(COMMAND, { connection: fixture.connection, create, ...QUIET }).catch(() => undefined);
    await until(started);
    plugin.process.kill('SIGKILL');
    await until(async () => !(await running()));
    await until(async () => (await identityOf(pid)) === undefined);
    await plugin.stop();
  });

  it('ends by itself when it was started by an engine that had ended', async () => {
    const plugin = await startPlugin((await engineScript(fixture.folder)).path, { engine: false });
    const pid = Number(await readFile(join(fixture.folder, 'plugin.pid'), 'utf8'));
    await until(async () => (await identityOf(pid)) === undefined);
    await plugin.stop();
  });
});
