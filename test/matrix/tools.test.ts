import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asError } from '../../scripts/shared/errors.ts';
import { CELLS } from './tools/cells.ts';
import { Databases } from './tools/database.ts';
import { byTool, byUs, project } from './tools/play.ts';
import { TOOLS } from './tools/index.ts';

const WHOLE = { name: 'one', up: ['create table app.made (id int)'], down: ['drop table app.made'] };

let databases: Databases;
let dir: string;
const table: string[] = [];
const absent: string[] = [];

/** Before the tests are named, so that those of a tool that cannot be had here are skipped and not passed. */
const installed = new Map<string, string>();
for (const tool of TOOLS) {
  try {
    installed.set(tool.name, await tool.install());
  } catch (error) {
    absent.push(`${tool.name} ${tool.version}: ${asError(error).message}`);
  }
}
for (const line of absent) process.stderr.write(`SKIPPING TESTS: cannot have ${line}\n`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tools-'));
  databases = await Databases.start();
});
afterAll(async () => {
  process.stderr.write(`tool  us    cell\n${table.sort().join('\n')}\n`);
  await databases.stop();
  await rm(dir, { recursive: true });
});

describe.concurrent.each(TOOLS)('$name $version', (tool) => {
  const place = installed.get(tool.name) ?? '';
  const isHere = installed.has(tool.name);

  test.skipIf(!isHere)('migrates as a command that is told nothing', async () => {
    const made = await project({ tool, installed: place, dir }, [WHOLE]);
    const { ended, left } = await databases.lend((endpoint) =>
      byTool(tool.command(place), made?.folder ?? '', endpoint),
    );
    expect(ended).toEqual({ failed: false, sqlstate: null, said: '' });
    expect(left).toContain('["made","r"]');
  });

  const cells = CELLS.filter(({ migrations }) =>
    migrations.every((migration, at) => tool.write(migration, at + 1) !== undefined),
  );
  test.skipIf(!isHere || tool.isCode).each(cells)('$name: as we do', async ({ name, migrations }) => {
    const made = await project({ tool, installed: place, dir }, migrations);
    if (!made) throw new Error('was laid out before');
    const theirs = await databases.lend((endpoint) => byTool(tool.command(place), made.folder, endpoint));
    const ours = await databases.lend((endpoint) => byUs(made.ups, made.folder, endpoint));
    const tools = { failed: theirs.ended.failed, sqlstate: theirs.refused, left: theirs.left };
    const us = { failed: ours.ended.failed, sqlstate: ours.refused, left: ours.left };
    const told = `${theirs.ended.said}\n${ours.ended.said}`;
    // What is refused before the start leaves nothing to compare, but must be what the tool fails with.
    const isRefused = ours.ended.isRefused === true;
    const isSame = isRefused ? tools.failed : JSON.stringify(tools) === JSON.stringify(us);
    const ending = isRefused ? 'check' : (us.sqlstate ?? 'ok');
    table.push(
      `${tool.name.padEnd(22)} ${isSame ? 'same ' : 'OTHER'} ${(tools.sqlstate ?? (tools.failed ? 'fails' : 'ok')).padEnd(5)} ${ending.padEnd(5)} ${name}`,
    );
    if (tool.refused?.includes(name)) expect(ours.ended.isRefused, told).toBe(true);
    else if (isRefused) expect(tools.failed, told).toBe(true);
    else expect(us, told).toEqual(tools);
  });
});
