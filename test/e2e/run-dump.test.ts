import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import { childEnvironment } from '../../scripts/commands/child-environment.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../support/database/system-postgres.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal } from '../support/tiny-rehearsal.ts';

const { version, binDir } = SYSTEM_POSTGRES;

describe.skipIf(!needsSystemPostgres('to rehearse on its dumps'))(`a dump of PostgreSQL ${version}`, () => {
  let source: TestDatabase;
  beforeAll(async () => {
    source = await startTestDatabase([], version);
    await withConnection(source.endpoint, 'setup', (client) =>
      client.query(`create table customers (id int primary key, name text);
        insert into customers select i, 'name ' || i from generate_series(1, 5000) i;`),
    );
  });
  afterAll(() => source.stop());

  it.each([
    ['plain', 'snapshot.sql', ['--format=plain']],
    ['plain and compressed', 'snapshot.sql.gz', ['--format=plain', '--compress=6']],
    ['custom', 'snapshot.dump', ['--format=custom']],
  ])('is restored and rehearsed: %s', async (_, file, options) => {
    const head = `version: 1
name: tiny
snapshot: { source: ${file}, takenAt: 2026-11-20T02:00:00Z }
postgres: { version: ${version} }
load: { rate: 100/s, warmup: 1s, cooldown: 300ms, versions: { old: workload/old } }
`;
    const files = { 'sql/step.sql': 'alter table customers add column full_name text;' };
    const tiny = await tinyRehearsal('  - { phase: expand, sql: sql/step.sql }', files, head);
    try {
      const env = childEnvironment(source.endpoint, 'setup', { inherited: process.env });
      await execa(join(binDir, 'pg_dump'), [...options, '--file', join(tiny.dir, file)], { env });
      const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], {
        cwd: tiny.dir,
        tmp: tiny.tmp,
      });
      if (stdout === '') throw new Error(stderr);
      const result = resultSchema.parse(JSON.parse(stdout));
      expect(findingsAboutThePlan(result)).toEqual([]);
      expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
      expect(result.environment.postgresVersion).toMatch(new RegExp(`^${version}\\.`));
      expect(result.snapshot?.tables.map(({ name, rows }) => ({ name, rows }))).toEqual([
        { name: 'public.customers', rows: 5000 },
      ]);
      expect(result.snapshot?.takenAt).toBe('2026-11-20T02:00:00Z');
      expect(await tiny.leftFolders()).toEqual([]);
    } finally {
      await tiny.remove();
    }
  });
});
