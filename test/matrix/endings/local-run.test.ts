import { afterEach, describe, expect, it } from 'vitest';
import { killTree } from '../../support/hosts/process-tree.ts';
import { rehearse } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { canRunLocally, MOMENTS, startLocal, tracesOf } from '../../e2e/local-fixture.ts';

const SLOW = {
  'generate.sql': 'create table customers (id int primary key, name text);\nselect pg_sleep(2);',
  'workload/old/read.sql': 'select count(*) from customers;',
  'workload/old/write.sql': 'select 1;',
  'workload/new/read.sql': 'select 1;',
  'sql/1.sql': 'begin;\nlock table customers in share mode;\nselect pg_sleep(2);\ncommit;',
};

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

describe.skipIf(!(await canRunLocally()))('a run on local hosts', () => {
  it.each(Object.entries(MOMENTS))('leaves nothing after Ctrl-C when %s', async (_, moment) => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', SLOW);
    const run = startLocal(tiny);
    const runId = await run.runId();
    await moment(run, runId);
    run.signal('SIGINT');
    // Struck while it is torn down, the rehearsal is over and its verdict stands.
    expect([0, 130], run.stderr).toContain(await run.end());
    expect(tracesOf(runId)).toEqual([]);
  });

  it.each(Object.entries(MOMENTS))(
    'is found by reap after kill -9 of all of it when %s',
    async (_, moment) => {
      tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', SLOW);
      const run = startLocal(tiny);
      const runId = await run.runId();
      await moment(run, runId);
      killTree(run.pid);
      expect(await run.end()).toBe('SIGKILL');
      const at = { cwd: tiny.dir, tmp: tiny.tmp };
      const seen = await rehearse(['reap', '--run', runId], at);
      // Any other run on this machine may have removed it by now.
      if (tracesOf(runId).length > 0) {
        expect(seen, 'dry').toMatchObject({ code: 6 });
        expect(seen.stdout).toContain(`its run is dead: rehearse reap --execute --run ${runId} removes it`);
      }
      const reaped = await rehearse(['reap', '--run', runId, '--execute'], at);
      expect(reaped.code, `${reaped.stdout}${reaped.stderr}`).toBe(0);
      expect(tracesOf(runId)).toEqual([]);
    },
  );
});
