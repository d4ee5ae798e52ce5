import { withEnvironment } from '../../../infra/lifecycle.ts';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { chooseTarget } from '../../../infra/targets/choose-target.ts';
import type { HereEnvironment } from '../../../infra/contract/target.ts';
import { newRunId } from '../../artifacts/run-id.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { SnapshotSource } from '../../plan/model.ts';
import { markProcesses } from '../../shared/run-mark.ts';
import { restoreSnapshot } from '../../snapshot/restore.ts';

const LIFE_MS = 3_600_000;
const JOBS = 2;

export interface Scratch {
  readonly client: PgClient;
  /** @throws as `restoreSnapshot` */
  readonly restore: (source: SnapshotSource) => Promise<void>;
}

/**
 * A temporary PostgreSQL on this machine with an empty database. Nothing of it stays.
 * @throws POSTGRES_NOT_FOUND and its like, and what `use` throws
 */
export async function withScratch<T>(
  dir: string,
  use: (scratch: Scratch) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  await chooseTarget(embeddedTarget.name, [embeddedTarget]);
  const runId = newRunId('init');
  const expiresAt = new Date(Date.now() + LIFE_MS).toISOString();
  const spec = { runId, postgres: { settings: [], standby: false }, hosts: {}, expiresAt };
  const unmark = markProcesses(runId);
  const inside = async (environment: HereEnvironment): Promise<T> => {
    await environment.switchTo('restore', signal);
    const { primary: endpoint, restoreSettings: settings, scratchDir } = environment;
    const restore = async (source: SnapshotSource): Promise<void> => {
      await restoreSnapshot({
        source,
        dir,
        endpoint,
        settings,
        scratchDir,
        signal,
        jobs: JOBS,
        environment: {},
        enclose: environment.enclose,
        onProgress: () => undefined,
      });
    };
    return withConnection(endpoint, 'setup', (client) => use({ client, restore }), signal);
  };
  const life = await withEnvironment(embeddedTarget, spec, inside, { signal });
  unmark();
  if (life.use.status === 'rejected') throw life.use.reason;
  return life.use.value;
}
