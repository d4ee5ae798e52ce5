import type { Enclose } from '../commands/enclosure.ts';
import type { LoadHosts } from '../load/start-load.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting } from '../plan/model.ts';
import type { StartedCopy } from '../snapshot/physical/physical-copy.ts';
import type { Bases } from '../snapshot/base/bases.ts';

/** What the engine needs of the environment that it runs in, whoever made it. */
export interface EngineEnvironment {
  readonly primary: PgEndpoint;
  /** Null where there is none, or none that is reached from here. */
  readonly standby: PgEndpoint | null;
  /** For commands that may reach the rehearsed database only. Null where the engine's host reaches the hosts of the run only. */
  readonly enclose: Enclose | null;
  readonly restoreSettings: readonly PgSetting[];
  /** Absent where restored databases are not kept for later runs. */
  readonly bases?: Bases | undefined;
  /** The physical copy that the server began on; absent where it began on an empty database or a base. */
  readonly copy?: StartedCopy | undefined;
  /** Hosts that have a share of the load; absent where there is but the engine's own. */
  readonly others?: LoadHosts | undefined;
  /** Folder beside the engine for scratch files of the run; removed with the environment. */
  readonly scratchDir: string;
  /** Gives the server other settings: `restore` is fast and not durable, `rehearse` is as the rehearsal configures it. */
  switchTo(mode: 'restore' | 'rehearse', signal: AbortSignal): Promise<void>;
}
