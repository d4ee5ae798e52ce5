import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRehearsal } from '../plan/read.ts';
import { makeJob, type DriverJob } from './make-job.ts';
import { jobSchema, type Job } from './protocol.ts';

const FILES: Record<string, string> = {
  'shared/generate.sql': 'create table t (id int);',
  'shared/app/read.sql': 'select 1;',
  'deep/tiny/sql/step.sql': 'select 1;',
  'deep/tiny/dumps/all.sql': 'select 1;',
  'deep/tiny/notes.md': 'not a part',
  'deep/tiny/node_modules/tool/index.js': '',
  'elsewhere/all.sql': 'select 1;',
};

const CONTEXT = {
  runId: 'tiny-1',
  expiresAt: '2030-01-01T00:00:00.000Z',
  primary: { host: '10.0.0.10', port: 5432, user: 'u', password: 'p', database: 'd' },
  playings: [{ index: 1, scenario: 'quiet', repetition: 1 }],
  standby: null,
  restoreSettings: [],
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'make-job-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
});
afterAll(() => rm(root, { recursive: true }));

async function jobOf(
  snapshot: string,
  { plan = '  - { phase: expand, sql: sql/step.sql }', app = 'workload' } = {},
): Promise<DriverJob & { job: Job; to: string[] }> {
  const dir = join(root, 'deep/tiny');
  await mkdir(join(dir, 'workload'), { recursive: true });
  await writeFile(join(dir, 'workload/read.sql'), 'select 1;');
  const yaml = `version: 1\nname: tiny\nsnapshot: ${snapshot}\nload: { rate: 1/s, versions: { old: ${app} } }\nplan:\n${plan}\n`;
  await writeFile(join(dir, 'rehearsal.yaml'), yaml);
  const made = await makeJob(await readRehearsal(dir, { cwd: root, env: {} }), CONTEXT);
  const job = jobSchema.parse(JSON.parse(made.documents[0]?.text ?? ''));
  return { ...made, job, to: made.files.map(({ to }) => to).sort() };
}

describe('a job', () => {
  it('lets a snapshot that lies elsewhere come by as a stream, and shows it as its URL without secrets', async () => {
    const { job, to, streams } = await jobOf('{ source: "ssh://ada@host/dumps/all.sql" }');
    expect(to.filter((path) => path.includes('snapshot'))).toEqual([]);
    expect(streams.map((stream) => [stream.to, stream.sizeBytes()])).toEqual([['snapshot/fetched', null]]);
    expect(job.rehearsal.snapshot).toEqual({ kind: 'file', path: 'snapshot/fetched' });
    expect(job.shownAs[0]).toEqual({ path: 'snapshot/fetched', as: 'ssh://host/dumps/all.sql' });
  });

  it('sends of a masked snapshot the masked text and figures of what it was, also where a command needs the whole folder', async () => {
    const dump = join(root, 'deep/tiny/dumps/people.sql');
    const rows =
      "-- odd ' comment\ncreate table public.t (id int, mail text);\ncopy public.t from stdin;\n1\tada@mail.example\n\\.\n";
    await writeFile(dump, rows);
    await writeFile(join(root, 'deep/tiny/mask.yaml'), 'version: 1\ncolumns: { t.mail: email }\n');
    const plan = '  - { phase: expand, command: ./migrate.sh }';
    const { job, to, streams } = await jobOf('{ source: dumps/people.sql, mask: mask.yaml }', { plan });
    expect(to).toContain('rehearsal/notes.md');
    expect(to.filter((path) => path.includes('people'))).toEqual([]);
    await symlink('people.sql', join(root, 'deep/tiny/dumps/latest.sql'));
    const linked = await jobOf('{ source: dumps/latest.sql, mask: mask.yaml }', { plan });
    expect(linked.to.filter((path) => /people|latest/.test(path))).toEqual([]);
    expect(job.rehearsal.snapshot).toEqual({
      kind: 'file',
      path: 'snapshot/masked.sql',
      notes: [
        expect.stringMatching(
          /^Values were masked by the 1 rule of deep.tiny.mask.yaml with a key that was drawn/,
        ),
      ],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of streams[0]?.read() ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toMatch(
      /^-- odd ' comment\ncreate table public.t \(id int, mail text\);\ncopy public.t from stdin;\n1\t[a-z]{3}@[a-z]{4}\.[a-z]{7}\.test\n\\\.\n-- rehearse, before masking: .*\n$/,
    );
    expect(Buffer.concat(chunks).toString()).not.toContain('ada@');
    expect(JSON.stringify(job)).not.toContain('t.mail');
  });

  it('holds the files that take part, and paths that mean something in its folder', async () => {
    const { job, to, documents } = await jobOf('{ source: dumps/all.sql }');
    expect(to).toEqual(
      ['dumps/all.sql', 'rehearsal.yaml', 'sql/step.sql', 'workload/read.sql'].map((n) => `rehearsal/${n}`),
    );
    expect(job.rehearsal).toMatchObject({
      dir: 'rehearsal',
      snapshot: { kind: 'file', path: 'rehearsal/dumps/all.sql' },
      load: { versions: [{ dir: 'rehearsal/workload', scripts: [{ path: 'rehearsal/workload/read.sql' }] }] },
    });
    expect(documents).toEqual([expect.objectContaining({ to: 'job.json', mode: 0o600 })]);
  });

  it('keeps where files lie to each other when some lie beside the rehearsal', async () => {
    const { job, to } = await jobOf('{ generator: ../../shared/generate.sql }', { app: '../../shared/app' });
    expect(job.rehearsal.dir).toBe('rehearsal/deep/tiny');
    expect(to).toEqual(
      [
        'deep/tiny/rehearsal.yaml',
        'deep/tiny/sql/step.sql',
        'shared/app/read.sql',
        'shared/generate.sql',
      ].map((name) => `rehearsal/${name}`),
    );
    expect(job.rehearsal.files).toContain('../../shared/generate.sql');
  });

  it('puts a snapshot from elsewhere in a folder of its own, and knows what it is called', async () => {
    const { job, files } = await jobOf('{ source: ../../elsewhere/all.sql }');
    expect(files).toContainEqual({ from: join(root, 'elsewhere/all.sql'), to: 'snapshot/all.sql' });
    expect(job.shownAs[0]).toEqual({ path: 'snapshot/all.sql', as: join(root, 'elsewhere/all.sql') });
  });

  it('takes the whole folder along where a command may need it, but not what others put there', async () => {
    const { to } = await jobOf('{ source: dumps/all.sql }', {
      plan: '  - { phase: expand, command: make migrate }',
    });
    expect(to).toContain('rehearsal/notes.md');
    expect(to.filter((name) => name.includes('node_modules'))).toEqual([]);
  });

  it('takes a folder along under both of its names, and once where it is linked into itself', async () => {
    const env = join(root, 'deep/tiny/env');
    await mkdir(join(env, 'lib'), { recursive: true });
    await writeFile(join(env, 'lib/x.py'), '');
    await symlink('lib', join(env, 'lib64'));
    await symlink('..', join(env, 'lib/up'));
    const { to } = await jobOf('{ source: dumps/all.sql }', {
      plan: '  - { phase: expand, command: env/tool }',
    });
    await rm(env, { recursive: true });
    const found = to.filter((name) => name.startsWith('rehearsal/env'));
    expect(found).toEqual(['rehearsal/env/lib/x.py', 'rehearsal/env/lib64/x.py']);
  });

  it('says when the snapshot went away since the rehearsal was read', async () => {
    const { job } = await jobOf('{ source: dumps/all.sql }');
    const gone = join(root, 'gone.sql');
    const rehearsal = {
      ...job.rehearsal,
      dir: root,
      files: [],
      snapshot: { kind: 'file', path: gone },
    } as const;
    await expect(makeJob(rehearsal, CONTEXT)).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_FOUND',
      message: `the snapshot ${gone} does not exist`,
    });
  });
});
