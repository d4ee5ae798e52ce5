import { withEnvironment, type Lifecycle } from '../../infra/lifecycle.ts';
import { chooseTarget } from '../../infra/targets/choose-target.ts';
import { targetsHere } from '../../infra/targets/here.ts';
import type { RunningEnvironment } from '../../infra/contract/target.ts';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { PgSetting } from '../../scripts/plan/model.ts';

const AN_HOUR_MS = 3_600_000;

export interface TestDatabase {
  readonly endpoint: PgEndpoint;
  stop(): Promise<void>;
}

/** A real PostgreSQL with an empty database, for one test file; nothing remains of it after `stop`. */
export async function startTestDatabase(
  settings: readonly PgSetting[] = [],
  version?: number,
): Promise<TestDatabase> {
  const { target } = await chooseTarget('embedded', targetsHere);
  const spec = {
    runId: newRunId('test'),
    postgres: { settings, standby: false, ...(version === undefined ? {} : { version }) },
    hosts: {},
    expiresAt: new Date(Date.now() + AN_HOUR_MS).toISOString(),
  };
  const signal = new AbortController().signal;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let life: Promise<Lifecycle<void>> | undefined;
  const endpoint = await new Promise<PgEndpoint>((resolve, reject) => {
    const use = async (environment: RunningEnvironment): Promise<void> => {
      if (environment.engine !== 'here') throw new Error('embedded runs in this process');
      await environment.switchTo('rehearse', signal);
      resolve(environment.primary);
      await held;
    };
    life = withEnvironment(target, spec, use, { signal }).then((lived) => {
      if (lived.use.status === 'rejected') reject(lived.use.reason as Error);
      return lived;
    });
  });
  return {
    endpoint,
    stop: async () => {
      release();
      const left = (await life)?.leftovers ?? [{ what: 'not known: the sweep failed' }];
      if (left.length > 0) throw new Error(`left behind: ${left.map(({ what }) => what).join(', ')}`);
    },
  };
}
