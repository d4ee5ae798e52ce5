import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../scripts/cli/main.ts';
import { runCli } from '../support/cli.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const VERBS = [
  'run',
  'check',
  'report',
  'list',
  'diff',
  'history',
  'publish',
  'note',
  'init',
  'doctor',
  'reap',
];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rehearse-cli-'));
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

test('--version and --help are results: stdout, exit 0', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await runCli(['--version'], { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  const help = await runCli(['--help'], { cwd });
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(VERBS.filter((verb) => !help.stdout.includes(`\n  ${verb} `))).toEqual([]);
  expect(help.stdout).toContain('130  interrupted and cleaned up');
});

test.each(VERBS)('%s --help has examples', async (verb) => {
  const { code, stdout } = await runCli([verb, '--help'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples:\n {2}\\$ rehearse ${verb}`));
});

test('no verb at all shows the help and is a mistake', async () => {
  const { code, stdout, stderr } = await runCli([], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Usage: rehearse <verb>');
});

test('a typo in a verb or an option is answered with the nearest word', async () => {
  expect(await runCli(['chek'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: "error USAGE: unknown command 'chek'\nhint: did you mean check?\n",
  });
  expect(await runCli(['list', '--jsn'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: "error USAGE: unknown option '--jsn'\nhint: did you mean --json?\n",
  });
  expect((await runCli(['report'], { cwd })).stderr).toContain(
    "error USAGE: missing required argument 'run'",
  );
});

test('without a rehearsal here nothing is guessed', async () => {
  const { code, stdout, stderr } = await runCli(['run'], { cwd: ROOT });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^error USAGE: which rehearsal\? .* has no rehearsal\.yaml\nhint: name one of .*rename-column/,
  );
});

test('an unknown error is exit 1, with the stack only after --verbose', async () => {
  const broken = (argv: readonly string[], said: string[]) =>
    main(argv, {
      stdout: {
        write: () => {
          throw new RangeError('stdout broke');
        },
      },
      stderr: { write: (text) => said.push(text) },
      cwd: ROOT,
      env: {},
      isTTY: false,
      columns: 80,
    });
  const short: string[] = [];
  const long: string[] = [];
  expect(await broken(['check', 'rehearsals/rename-column'], short)).toBe(1);
  expect(short[0]).toBe('error INTERNAL: stdout broke\n');
  expect(short).toHaveLength(2);
  expect(await broken(['check', 'rehearsals/rename-column', '--verbose'], long)).toBe(1);
  expect(long.some((line) => /^ +at /.test(line))).toBe(true);
});

test('every shipped rehearsal passes check', async () => {
  const names = (await readdir(join(ROOT, 'rehearsals'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const { code, stdout, stderr } = await runCli(['check', ...names], { cwd: ROOT });
  expect(code).toBe(0);
  // The naive way of each pair starts from the snapshot of the safe one.
  expect(
    new Set(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => /reads (\S+) /.exec(line)?.[1]),
    ),
  ).toEqual(
    new Set(
      ['add-index', 'int-to-bigint', 'not-null', 'rename-column'].map(
        (name) => `../${name}/snapshot/generate.sql`,
      ),
    ),
  );
  expect(stdout.trimEnd().split('\n')).toHaveLength(names.length);
});

test('check tells of a load that its driver could not send in time, where the processors of the driver are known', async () => {
  const dir = join(cwd, 'late');
  await mkdir(join(dir, 'workload'), { recursive: true });
  await writeFile(join(dir, 'make.sql'), 'create table t (id int);\n');
  await writeFile(join(dir, 'go.sql'), 'alter table t add column a int;\n');
  await writeFile(join(dir, 'workload', 'read.sql'), 'select id from t limit 1;\n');
  const checked = async (hosts: string, target: string): Promise<string> => {
    await writeFile(
      join(dir, 'rehearsal.yaml'),
      `version: 1
name: late
snapshot: { generator: make.sql }
${hosts}load:
  rate: 500000/s
  connections: 40
  versions: { old: workload }
plan:
  - { phase: expand, sql: go.sql }
`,
    );
    const { code, stderr } = await runCli(['check', 'late'], { cwd, env: { REHEARSE_TARGET: target } });
    expect(code).toBe(0);
    return stderr;
  };
  const late = 'late: load: 500,000 requests/s of 1.0 statements would take';
  expect(await checked('', 'embedded')).toContain(late);
  expect(await checked('hosts: { driver: { cpu: 2 } }\n', 'hetzner')).toContain(late);
  expect(await checked('', 'hetzner')).not.toContain('would take');
});

test('check tells every mistake of every file at once', async () => {
  const dir = join(cwd, 'broken');
  await mkdir(join(dir, 'workload'), { recursive: true });
  await writeFile(join(dir, 'make.sql'), 'create table t (id int);\n');
  await writeFile(join(dir, 'workload', 'read.sql'), '\\set id randon(1, 10)\nselect :id;\n');
  await writeFile(
    join(dir, 'rehearsal.yaml'),
    `version: 1
name: broken
snapshot: { generator: make.sql }
load:
  rate: 400/m
  versions: { old: workload }
plan:
  - { phase: expand, sql: gone.sql }
`,
  );
  const { code, stdout, stderr } = await runCli(['check', 'broken'], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatchInlineSnapshot(`
    "error  broken/rehearsal.yaml has 2 mistakes
      5 load.rate: 400/m is not a rate; write 400/s
      8 plan[0].sql: there is no file gone.sql
    error  broken/workload/read.sql has 1 mistake
      1 \\set: unknown function randon()
    "
  `);
  const json = await runCli(['check', 'broken', '--json'], { cwd });
  expect([json.code, json.stderr]).toEqual([2, '']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schemaVersion: 1,
    ok: false,
    checked: [],
    mistakes: [{}, {}, {}],
  });
});

test('init writes a rehearsal that passes check, and never over another', async () => {
  expect(await runCli(['init', 'my-first'], { cwd })).toEqual({
    code: 0,
    stdout: 'wrote rehearsals/my-first\n',
    stderr: 'next: rehearse run rehearsals/my-first\n',
  });
  // Outside of the checkout the way to the schema is one of this machine alone, and is left out.
  expect(await readFile(join(cwd, 'rehearsals/my-first/rehearsal.yaml'), 'utf8')).toMatch(
    /^version: 1\nname: my-first\n/,
  );
  expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe(
    '# dress-rehearsal: rows may stand in these\nruns/\nrehearsals/*/*.dump\nrehearsals/*/*.sql.gz\nrehearsals/*/*.sql.zst\n.env\n',
  );
  expect(await runCli(['check', 'my-first'], { cwd })).toEqual({
    code: 0,
    stdout: 'ok  rehearsals/my-first (my-first): 5 steps, 6 workload scripts of 2 app versions, 12 files\n',
    stderr: '',
  });
  const json = await runCli(['check', 'my-first', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toEqual({
    schemaVersion: 1,
    ok: true,
    checked: [
      {
        rehearsal: 'my-first',
        dir: 'rehearsals/my-first',
        steps: 5,
        versions: 2,
        scripts: 6,
        files: 12,
        outside: [],
      },
    ],
    mistakes: [],
  });
  expect(await runCli(['init', 'my-first'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error USAGE: rehearsals/my-first is there already\nhint: take another name; nothing was changed\n',
  });
  expect((await runCli(['init', '../outside'], { cwd })).stderr).toContain('is not a name for a rehearsal');
});

test('check takes a folder of rehearsals for all that lie in it', async () => {
  const folder = join(cwd, 'several');
  await mkdir(folder);
  for (const name of ['first', 'second']) await runCli(['init', name], { cwd: folder });
  const found = ['first', 'second'].map((name) => expect.stringContaining(`(${name}): 5 steps`) as string);
  for (const [args, at] of [
    [['check', 'several/rehearsals'], cwd],
    [['check'], join(folder, 'rehearsals')],
  ] as const) {
    const { code, stdout } = await runCli(args, { cwd: at });
    expect([code, stdout.trim().split('\n')]).toEqual([0, found]);
  }
  expect((await runCli(['run', 'several/rehearsals'], { cwd })).stderr).toContain('has no rehearsal.yaml');
});

test('a run that is not there is USAGE, with the way to find one', async () => {
  expect(await runCli(['report', 'runs/gone'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error RUN_NOT_FOUND: runs/gone is not a run folder: it has no artifacts/run.json\n' +
      'hint: rehearse list shows the runs that are here\n',
  });
});
