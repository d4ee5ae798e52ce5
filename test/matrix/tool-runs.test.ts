import { afterEach, describe, expect, test } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { asError } from '../../scripts/shared/errors.ts';
import { canRunLocally } from '../e2e/local-fixture.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { rehearse } from '../support/rehearse-process.ts';
import type { TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { TOOLS } from './tools/index.ts';
import type { Tool } from './tools/tool.ts';
import { rehearsalOf, stepOf, type Place } from './tools/whole.ts';

/** Flyway first: it wants a schema that no other tool has made a table in. */
const PLAYED = [
  'Flyway',
  'golang-migrate',
  'goose',
  'dbmate',
  'Drizzle',
  'Knex',
  'TypeORM',
  'Alembic',
  'Django',
];

interface Had {
  readonly tool: Tool;
  readonly installed: string;
}

const had: Had[] = [];
for (const tool of TOOLS.filter(({ name }) => PLAYED.includes(name))) {
  try {
    had.push({ tool, installed: await tool.install() });
  } catch (error) {
    process.stderr.write(
      `SKIPPING TESTS: cannot have ${tool.name} ${tool.version}: ${asError(error).message}\n`,
    );
  }
}
had.sort((a, b) => PLAYED.indexOf(a.tool.name) - PLAYED.indexOf(b.tool.name));
/** No host has the packages of a project of Node's. */
const stays = ({ tool: { nodeModules, binary } }: Had): boolean =>
  nodeModules === true && binary === undefined;

/** They come as 7,000 files, which take minutes to copy to a host. */
const LARGE = ['Alembic', 'Django'];
const isLocal = await canRunLocally();

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  await tiny?.remove();
});

async function played(tools: readonly Had[], place: Place, target: string): ReturnType<typeof rehearse> {
  tiny = await rehearsalOf(tools, place);
  return await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp, target });
}

function told(stdout: string): unknown {
  const result = JSON.parse(stdout) as Result;
  return {
    findings: findingsAboutThePlan(result),
    steps: result.steps.map(({ name, status }) => [name, status]),
    unread: result.limits.filter((limit) => /encrypted|could not be read/.test(limit)),
  };
}

const right = (tools: readonly Had[]): unknown => ({
  findings: [],
  steps: [...tools.map(({ tool }) => [stepOf(tool), 'ok']), ['verify', 'ok']],
  unread: [],
});

describe('a rehearsal whose steps are the commands of migration tools', () => {
  test.skipIf(had.length === 0)('is played on embedded, where they are at home', async () => {
    const { stdout, stderr } = await played(had, 'home', 'embedded');
    expect(told(stdout), stderr).toEqual(right(had));
  });

  test.skipIf(had.every(stays) || !isLocal)(
    'is played on a local host, with tools that lie beside its files',
    async () => {
      const tools = had.filter((one) => !stays(one) && !LARGE.includes(one.tool.name));
      const { stdout, stderr } = await played(tools, 'rehearsal', 'local');
      expect(told(stdout), stderr).toEqual(right(tools));
    },
  );

  test.skipIf(!had.some(stays) || !isLocal)(
    'is refused for a local host before anything starts where it would not see the tools',
    async () => {
      const tools = had.filter(stays);
      const { code, stderr } = await played(tools, 'home', 'local');
      expect(code, stderr).toBe(2);
      for (const { tool } of tools) expect(stderr).toContain(stepOf(tool));
    },
  );
});
