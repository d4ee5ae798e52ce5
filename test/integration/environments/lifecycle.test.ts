import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withEnvironment } from '../../../infra/lifecycle.ts';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import type { RunningEnvironment } from '../../../infra/contract/target.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { neverAborted, pidsBelow, privateTmpdir, serverPid, specOf } from './embedded-fixture.ts';

let tmp: Awaited<ReturnType<typeof privateTmpdir>>;
beforeEach(async () => {
  tmp = await privateTmpdir();
});
afterEach(async () => {
  const processes = await pidsBelow(tmp.path);
  const files = await readdir(tmp.path);
  await tmp.remove();
  expect({ processes, files }).toEqual({ processes: [], files: [] });
});

function longQuery({ primary }: RunningEnvironment): Promise<unknown> {
  return withConnection(primary, 'setup', (client) => client.query('select pg_sleep(600)'));
}

it('gives a server to work with and leaves nothing of it', async () => {
  const lifecycle = await withEnvironment(
    embeddedTarget,
    specOf(),
    ({ primary }) =>
      withConnection(
        primary,
        'setup',
        async (client) => (await client.query<{ n: number }>('select 42 as n')).rows,
      ),
    { signal: neverAborted() },
  );
  expect(lifecycle).toEqual({
    use: { status: 'fulfilled', value: [{ n: 42 }] },
    createMs: expect.any(Number) as number,
    destroyMs: expect.any(Number) as number,
    leftovers: [],
    keptUntil: null,
    failures: [],
  });
  expect(lifecycle.createMs).toBeGreaterThan(0);
});

it('says that the server died, although its clients notice first', async () => {
  const spec = specOf();
  const { use, leftovers } = await withEnvironment(
    embeddedTarget,
    spec,
    async (environment) => {
      const query = longQuery(environment);
      process.kill(await serverPid(join(tmp.path, `dress-rehearsal-${spec.runId}`)), 'SIGKILL');
      await query;
    },
    { signal: neverAborted() },
  );
  expect(use).toMatchObject({ status: 'rejected', reason: { code: 'POSTGRES_DIED' } });
  expect(leftovers).toEqual([]);
});

it('stops in the middle of a query when it is interrupted', async () => {
  const stop = new AbortController();
  const reason = new RehearsalError('INTERRUPTED', 'stopped');
  const { use, leftovers, failures } = await withEnvironment(
    embeddedTarget,
    specOf(),
    async (environment) => {
      setTimeout(() => {
        stop.abort(reason);
      }, 100);
      await longQuery(environment);
    },
    { signal: stop.signal },
  );
  expect({ use, leftovers, failures }).toEqual({
    use: { status: 'rejected', reason },
    leftovers: [],
    failures: [],
  });
});
