import type { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { closeQuietly, connect, type PgClient } from '../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { BackfillStep } from '../../scripts/plan/model.ts';
import { runBackfillStep } from '../../scripts/replay/steps/backfill-step.ts';
import { Cleanup } from '../../scripts/shared/cleanup.ts';
import { openStepContext } from '../support/replay/step-context.ts';

export const TABLE = 'orders';
const SET = `label = 'state ' || state`;
const WHERE = 'label is null';
const LOOP_ROWS = 10_000;

/** A way to fill the column; the app's traffic goes on meanwhile. It resolves when its connections and probes are open. */
type Method = (endpoint: PgEndpoint, folder: RunFolder) => Promise<Opened>;

interface Opened {
  run(): Promise<void>;
  close(): Promise<void>;
}

const STEP: BackfillStep = {
  name: 'backfill',
  phase: 'backfill',
  kind: 'backfill',
  retries: 0,
  retryPauseMs: 50,
  pointOfNoReturn: false,
  table: TABLE,
  key: ['id'],
  set: SET,
  where: WHERE,
  batchTargetMs: 50,
};

export const ONE_UPDATE = 'one UPDATE';
export const STEP_NAME = 'backfill step';

/** As a migration's own connection would do it. */
function bySql(run: (client: PgClient) => Promise<void>): Method {
  return async (endpoint) => {
    const client = await connect(endpoint, 'migration');
    return { run: () => run(client), close: () => closeQuietly(client) };
  };
}

export const METHODS: Readonly<Record<string, Method>> = {
  [ONE_UPDATE]: bySql(async (client) => {
    await client.query(`update ${TABLE} set ${SET} where ${WHERE}`);
  }),
  [STEP_NAME]: async (endpoint, folder) => {
    const cleanup = new Cleanup();
    const context = await openStepContext(endpoint, folder, cleanup);
    return {
      run: async () => {
        await runBackfillStep(STEP, context, () => undefined);
      },
      close: async () => {
        const [failure] = await cleanup.run();
        if (failure) throw failure.error;
      },
    };
  },
  [`loop: ${LOOP_ROWS} by key`]: bySql(async (client) => {
    const { rows } = await client.query<{ max: number }>(`select max(id)::int as max from ${TABLE}`);
    for (let from = 0; from < (rows[0]?.max ?? 0); from += LOOP_ROWS) {
      await client.query(`update ${TABLE} set ${SET} where id > $1 and id <= $2 and ${WHERE}`, [
        from,
        from + LOOP_ROWS,
      ]);
    }
  }),
};
