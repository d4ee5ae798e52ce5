import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningEnvironment } from '../../../infra/contract/target.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { sealRun } from '../../../scripts/artifacts/seal.ts';
import { judge } from '../../../scripts/checks/judge.ts';
import { environmentRecord, startRecord } from '../../../scripts/cli/run/run-record.ts';
import { loadRecord } from '../../../scripts/engine/load-record.ts';
import { parseVersions } from '../../../scripts/load/scripts/parse-versions.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import { findingsAboutThePlan } from '../../support/findings.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { DriverBench, type DriverRun } from './driver-bench.ts';

const SECRET = 'sesame-9f2c';
const PLAN = `  - { phase: expand, sql: sql/expand.sql }
  - { phase: backfill, backfill: { table: customers, key: id, set: "full_name = name", where: "full_name is null" } }
  - { phase: expand, command: './tool.sh \${TOKEN}', touchesDatabase: false }
  - { phase: deploy, deploy: { to: new, strategy: blue-green, over: 0s } }`;
const FILES = {
  'sql/expand.sql': 'alter table customers add column full_name text;',
  'tool.sh': '#!/bin/sh\n. ./lib/part.sh\n[ "$TOKEN" = "$1" ] && [ ${#TOKEN} = 11 ]\n',
  'lib/part.sh': 'test -n "$DATABASE_URL"\n',
  '.env': `TOKEN=${SECRET}\n`,
  'runs/old/big': 'x',
};

let bench: DriverBench;
beforeAll(async () => {
  bench = await DriverBench.open();
});
afterAll(() => bench.close());

describe('a whole rehearsal by the bundle alone, in a folder with nothing else', () => {
  let tiny: TinyRehearsal;
  let run: DriverRun;
  let unpacked: string;
  beforeAll(async () => {
    tiny = await tinyRehearsal(PLAN, FILES);
    await execa('chmod', ['755', join(tiny.dir, 'tool.sh')]);
    run = await bench.job(tiny.dir);
    unpacked = await mkdtemp(join(tmpdir(), 'driver-unpacked-'));
    const [first, second] = [run.start(), run.start()];
    await Promise.all([once(first, 'exit'), once(second, 'exit')]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
  });
  afterAll(async () => {
    await tiny.remove();
    await rm(unpacked, { recursive: true });
  });

  it('comes to its end, although it was started twice', async () => {
    expect(await run.done()).toMatchObject({ ok: true, error: null, stepFailure: null });
    const lines = await run.lines();
    expect(lines.filter(({ type }) => type === 'started')).toHaveLength(1);
    expect(lines[0]).toMatchObject({ type: 'started', startedAt: (await run.done()).startedAt });
    expect(lines.filter((line) => line.type === 'step' && line.state === 'done')).toHaveLength(4);
    expect(lines.some(({ type }) => type === 'traffic')).toBe(true);
  });

  it('does nothing when it is started once more', async () => {
    const before = await stat(join(run.folder, 'done.json'));
    await run.run();
    expect(await stat(join(run.folder, 'done.json'))).toEqual(before);
  });

  it('hands over evidence that is whole and can be judged', async () => {
    const { archive, sha256, sizeBytes, startedAt, server } = await run.done();
    const packed = await readFile(join(run.folder, archive ?? ''));
    expect(createHash('sha256').update(packed).digest('hex')).toBe(sha256);
    expect(packed.length).toBe(sizeBytes);
    await execa('tar', ['-xzf', join(run.folder, archive ?? ''), '-C', unpacked]);
    const folder = await RunFolder.create(unpacked);
    const rehearsal = await readRehearsal(tiny.dir, { cwd: tiny.dir, env: {} });
    const fixed = { runId: 'tiny-1', target: 'test', toolVersion: '0', startedAt, planSha256: '' };
    const load = loadRecord(
      rehearsal,
      parseVersions(rehearsal.load, (path) => path),
    );
    const record = startRecord(rehearsal, { ...fixed, load });
    const hosts = { hosts: 3, hostInfo: [], created: {}, limits: [] } as unknown as RunningEnvironment;
    const made = { target: 'test', createMs: 1, price: null, sizes: {} };
    if (server === null) throw new Error('no facts of the server');
    const environment = environmentRecord(server, hosts, made);
    await folder.writeDocument('environment', { ...environment, destroyMs: 1, leftovers: 0 });
    await sealRun(folder, { ...record, outcome: 'completed', endedAt: new Date().toISOString() });
    const { result } = await judge(folder);
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(result.steps.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(result.traffic['old']?.requests).toBeGreaterThan(50);
  });

  it('tells what the server was like, and leaves none of its own settings there', async () => {
    const facts = (await run.lines()).find((line) => line.type === 'server')?.facts;
    expect((await run.done()).server).toEqual(facts);
    const shown = new Map(facts?.settings.map(({ name, shown }) => [name, shown]));
    expect(shown.get('fsync')).toBe('on');
    expect(shown.get('autovacuum')).toBe('on');
    const own = await withConnection(bench.server, 'setup', (client) =>
      client.query("select name from pg_file_settings where sourcefile like '%auto.conf'"),
    );
    expect(own.rows).toEqual([]);
  });

  it('has its secrets in job.json alone, and takes along neither .env nor old runs', async () => {
    expect((await stat(join(run.folder, 'job.json'))).mode & 0o777).toBe(0o600);
    const texts = [...(await textsBelow(run.folder)), ...(await textsBelow(unpacked))];
    const telling = texts.filter(([, text]) => text.includes(SECRET) || text.includes(bench.server.password));
    expect(telling.map(([file]) => file)).toEqual([join(run.folder, 'job.json')]);
    const names = texts.map(([file]) => file);
    expect(names.filter((name) => name.includes('/runs/') || name.endsWith('.env'))).toEqual([]);
  });
});
