import { createServer } from 'node:net';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  expect((await tiny?.leftFolders()) ?? []).toEqual([]);
  await tiny?.remove();
});

const PLAN = '  - { phase: expand, sql: sql/step.sql }';
const STEP = { 'sql/step.sql': 'alter table customers add column full_name text;' };

async function run(rehearsal: TinyRehearsal): Promise<{ code: unknown; stderr: string; runs: string[] }> {
  tiny = rehearsal;
  const { code, stderr } = await rehearse(['run', '.'], { cwd: rehearsal.dir, tmp: rehearsal.tmp });
  const runs = await readdir(join(rehearsal.dir, 'runs')).catch(() => []);
  return { code, stderr, runs };
}

function head(snapshot: string, extra = ''): string {
  return `version: 1
name: tiny
snapshot: ${snapshot}
load: { rate: 100/s, warmup: 1s, versions: { old: workload/old } }
${extra}`;
}

describe('rehearse run refuses', () => {
  it('a plan with mistakes: all of them at once, nothing started, exit 2', async () => {
    const plan = `  - { phase: expnd, sql: sql/nowhere.sql }
  - { phase: backfill, backfil: { table: customers } }`;
    const { code, stderr, runs } = await run(await tinyRehearsal(plan, STEP));
    expect({ code, runs }).toEqual({ code: 2, runs: [] });
    expect(stderr).toContain('plan[0].phase');
    expect(stderr).toContain('did you mean backfill?');
    expect(stderr).toContain('sql/nowhere.sql');
  });

  it('an empty plan', async () => {
    const { code, stderr } = await run(await tinyRehearsal('  []', STEP));
    expect(code).toBe(2);
    expect(stderr).toContain('plan');
  });

  it('SQL with a syntax error, before anything is started', async () => {
    const files = { 'sql/step.sql': 'select 1;\nalter tabel customers add c int;' };
    const { code, stderr, runs } = await run(await tinyRehearsal(PLAN, files));
    expect({ code, runs }).toEqual({ code: 2, runs: [] });
    expect(stderr).toContain('sql/step.sql');
    expect(stderr).toMatch(/\b2\b.*tabel/);
  });

  it('a workload script that fails before the first step, with its SQLSTATE and exit 2', async () => {
    const files = { ...STEP, 'workload/old/read.sql': 'select no_such_column from customers limit 1;' };
    const { code, stderr } = await run(await tinyRehearsal(PLAN, files));
    expect(code).toBe(2);
    expect(stderr).toContain('error BASELINE_UNHEALTHY');
    expect(stderr).toContain('old/read: 42703');
  });

  it('a sample from a column that is not there, with exit 2', async () => {
    const files = {
      ...STEP,
      'workload/old/read.sql': '-- rehearse: sample id from customers.nope\nselect :id;',
    };
    const { code, stderr } = await run(await tinyRehearsal(PLAN, files));
    expect(code).toBe(2);
    expect(stderr).toContain('customers.nope');
  });

  it('a snapshot that was cut off, naming where it ends', async () => {
    const dump = 'create table customers (id int);\ncopy customers (id) from stdin;\n1\n2\n';
    const files = { ...STEP, 'snapshot.sql.gz': gzipSync(dump) };
    const { code, stderr, runs } = await run(
      await tinyRehearsal(PLAN, files, head('{ source: snapshot.sql.gz }')),
    );
    // It began, so that it stands in the list.
    expect({ code, runs }).toEqual({ code: 3, runs: ['history.ndjson', expect.stringMatching(/^tiny-/)] });
    expect(stderr).toContain('error SNAPSHOT_INVALID');
    expect(stderr).toContain('customers');
  });

  it('a snapshot that is not SQL', async () => {
    const files = { ...STEP, 'snapshot.sql': '<!doctype html><html><body>404</body></html>' };
    const { code, stderr } = await run(await tinyRehearsal(PLAN, files, head('{ source: snapshot.sql }')));
    expect(code).toBe(3);
    expect(stderr).toContain('error SNAPSHOT_INVALID');
  });

  it('a snapshot that is not there', async () => {
    const { code, stderr } = await run(await tinyRehearsal(PLAN, STEP, head('{ source: nowhere.sql.gz }')));
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.sql.gz');
  });

  it('a command whose program is not there, before anything is started', async () => {
    const plan = '  - { name: up, phase: expand, command: "no-such-tool-4711 up" }';
    const { code, stderr, runs } = await run(await tinyRehearsal(plan));
    expect({ code, runs }).toEqual({ code: 2, runs: [] });
    expect(stderr).toContain(
      'error COMMAND_NOT_FOUND: step up: there is no program no-such-tool-4711 on PATH',
    );
  });

  it('a command that lacks a program in the end, which is no verdict', async () => {
    const plan = '  - { name: up, phase: expand, command: "sh up.sh" }';
    const { code, stderr } = await run(await tinyRehearsal(plan, { 'up.sh': 'no-such-tool-4711 up\n' }));
    expect(code).toBe(2);
    expect(stderr).toContain('step up: a program that it calls was not found (exit code 127)');
  });

  it('a port that is taken, naming it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const plan = await tinyRehearsal(
        PLAN,
        STEP,
        head('{ generator: generate.sql }', `postgres: { port: ${port} }\n`),
      );
      const { code, stderr } = await run(plan);
      expect(code).toBe(3);
      expect(stderr).toContain('error PORT_TAKEN');
      expect(stderr).toContain(String(port));
    } finally {
      server.close();
    }
  });

  it('a setting that PostgreSQL does not know', async () => {
    const settings = 'postgres: { settings: { shared_bufers: 128MB } }\n';
    const { code, stderr } = await run(
      await tinyRehearsal(PLAN, STEP, head('{ generator: generate.sql }', settings)),
    );
    expect(code).toBe(3);
    expect(stderr).toContain('shared_bufers');
  });
});
