import { withEnvironment } from '../../../infra/lifecycle.ts';
import { chooseTarget } from '../../../infra/targets/index.ts';
import { newRunId } from '../../artifacts/run-id.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { SnapshotSource } from '../../plan/model.ts';
import { restoreSnapshot } from '../../snapshot/restore.ts';

const LIFE_MS = 3_600_000;
const JOBS = 2;

/**
 * Fills a temporary PostgreSQL on this machine from the snapshot, and lets `use` look into it. Nothing of it stays.
 * @throws as `restoreSnapshot`
 */
export async function withSnapshot<T>(
  source: SnapshotSource,
  dir: string,
  use: (client: PgClient) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { target } = await chooseTarget('embedded');
  const spec = {
    runId: newRunId('init'),
    postgres: { settings: [], standby: false },
    hosts: {},
    expiresAt: new Date(Date.now() + LIFE_MS).toISOString(),
  };
  const life = await withEnvironment(
    target,
    spec,
    async (environment) => {
      await environment.switchTo('restore', signal);
      const { primary: endpoint, restoreSettings: settings, scratchDir } = environment;
      await restoreSnapshot({
        ...{ source, dir, endpoint, settings, scratchDir, signal, jobs: JOBS },
        ...{ environment: {}, enclose: environment.enclose, onProgress: () => undefined },
      });
      return withConnection(endpoint, 'setup', use);
    },
    { signal },
  );
  if (life.use.status === 'rejected') throw life.use.reason;
  return life.use.value;
}
