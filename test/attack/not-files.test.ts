import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { runCli, type CliRun } from '../support/cli.ts';

const YAML = `version: 1
name: tiny
snapshot: { source: dump.sql }
load: { rate: 100/s, versions: { old: workload/old } }
plan:
  - { phase: expand, sql: sql/1.sql, rollback: sql/undo.sql }
  - { phase: expand, verify: sql/verify.sql }
`;
const FILES: Record<string, string> = {
  'rehearsal.yaml': YAML,
  'dump.sql': 'select 1;',
  'sql/1.sql': 'select 1;',
  'sql/undo.sql': 'select 1;',
  'sql/verify.sql': 'select 1 where false;',
  'workload/old/a.sql': 'select 1;\n',
  'runs/tiny-20261126-000000-abcd/artifacts/run.json': '{}',
  'runs/tiny-20261126-000000-abcd/artifacts/steps.ndjson': '',
};
const RUN = 'runs/tiny-20261126-000000-abcd';

/** What can stand in a file's place. */
const KINDS: Record<string, (path: string) => Promise<unknown>> = {
  'a pipe': (path) => execa('mkfifo', [path]),
  'a link to a pipe': async (path) => {
    await execa('mkfifo', [`${path}.pipe`]);
    await symlink(`${path}.pipe`, path);
  },
  'a link to a device': (path) => symlink('/dev/zero', path),
  'a socket': async (path) => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    undo.push(() => server.close());
  },
  'a folder': (path) => mkdir(path),
};

let dir = '';
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nf-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
});
afterEach(async () => {
  for (const each of undo.splice(0)) await each();
  await rm(dir, { recursive: true });
});

async function cli(...argv: string[]): Promise<CliRun> {
  return withTimeout(runCli(argv, { cwd: dir }), 5_000, argv.join(' '));
}

async function put(kind: string, name: string): Promise<void> {
  await rm(join(dir, name), { recursive: true, force: true });
  await KINDS[kind]?.(join(dir, name));
}

const PLACES = [
  'rehearsal.yaml',
  '.env',
  'dump.sql',
  'sql/1.sql',
  'sql/undo.sql',
  'sql/verify.sql',
  'workload/old/a.sql',
];

describe.each(Object.keys(KINDS))('%s', (kind) => {
  // A snapshot may be a folder: then it is an archive of pg_dump's.
  const places = PLACES.filter((name) => kind !== 'a folder' || name !== 'dump.sql');

  it.each(places)('in the place of %s is told at once, by check and by run, with exit 2', async (name) => {
    await put(kind, name);
    for (const verb of ['check', 'run']) {
      const { code, stderr } = await cli(verb, '.');
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('is not a file') as string,
      });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  it.each(['result.json', 'artifacts/run.json'])(
    'in the place of a run’s %s is told by list',
    async (name) => {
      await put(kind, `${RUN}/${name}`);
      const { code, stderr } = await cli('list');
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(`${RUN}/${name} is not a file`) as string,
      });
    },
  );

  it.each(['artifacts/run.json', 'artifacts/steps.ndjson', 'report.html', 'result.json'])(
    'in the place of a run’s %s is told by report',
    async (name) => {
      await put(kind, `${RUN}/${name}`);
      const { code, stderr } = await cli('report', RUN);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('is not a file') as string,
      });
    },
  );
});

it('a pipe among the files of an archive is told', async () => {
  await rm(join(dir, 'dump.sql'));
  await mkdir(join(dir, 'dump.sql'));
  await writeFile(join(dir, 'dump.sql/toc.dat'), 'PGDMP');
  await execa('mkfifo', [join(dir, 'dump.sql/3001.dat.gz')]);
  const { code, stderr } = await cli('check', '.');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/dump\.sql\/3001\.dat\.gz has 1 mistake\s+is not a file/) as string,
  });
});

describe('paths', () => {
  it('that leave the folder, also by a link, are told by check', async () => {
    await writeFile(join(dir, '..', 'beside.sql'), 'select 1;');
    undo.push(() => rm(join(dir, '..', 'beside.sql')));
    await rm(join(dir, 'sql/undo.sql'));
    await symlink(join(dir, '..', 'beside.sql'), join(dir, 'sql/undo.sql'));
    await writeFile(join(dir, 'rehearsal.yaml'), YAML.replace('sql/verify.sql', '../beside.sql'));
    const { code, stderr, stdout } = await cli('check', '.', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { checked } = JSON.parse(stdout) as { checked: { outside: string[] }[] };
    expect(checked[0]?.outside).toEqual([
      expect.stringMatching(/^\.\.\/beside\.sql \(\/.*\/beside\.sql\)$/) as string,
      expect.stringMatching(/^sql\/undo\.sql \(\/.*\/beside\.sql\)$/) as string,
    ]);
    const told = await cli('check', '.');
    expect(told.stderr.match(/outside the rehearsal's folder/g)).toHaveLength(2);
  });

  it.each([
    ['below a file', 'sql/1.sql/runs'],
    ['that is a file', 'sql/1.sql'],
    ['below a device', '/dev/null/runs'],
    ['in a file system of the kernel', '/proc/runs'],
    ['that is a pipe', 'pipe'],
  ])('--out %s is refused before anything starts', async (_, out) => {
    await execa('mkfifo', [join(dir, 'pipe')]);
    const { code, stderr, stdout } = await cli('run', '.', '--out', out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`--out ${out} cannot be written: `);
  });
});
