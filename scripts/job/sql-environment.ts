import type { EngineEnvironment } from '../engine/engine-environment.ts';
import { loadKey } from '../load/driver-hosts/load-host.ts';
import type { LoadHosts } from '../load/start-load.ts';
import { closeQuietly, connect, withConnection } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting } from '../plan/model.ts';
import { withTimeout } from '../shared/clock.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import type { Job } from './protocol.ts';
import { putBack, relax, relaxable, type ChangedSetting } from './relaxed-settings.ts';
import { waitForStandby } from './wait-for-standby.ts';

/** `cat` takes the row first, so that the server never writes into a closed pipe. */
const SYNC = `copy (select 1) to program 'cat > /dev/null; sync'`;

const RELEASE_MS = 2_000;

/** A server that is only reached by SQL: its settings change by ALTER SYSTEM and a reload, never by a restart. */
export class SqlEnvironment implements EngineEnvironment {
  readonly primary: PgEndpoint;
  readonly standby: PgEndpoint | null;
  /** The driver host reaches the hosts of the run only. */
  readonly enclose = null;
  readonly restoreSettings: readonly PgSetting[];
  readonly scratchDir: string;
  readonly others: LoadHosts | undefined;
  readonly #asked: readonly PgSetting[];
  readonly #onNote: (message: string) => void;
  #changed: ChangedSetting[] = [];

  /** `scratchDir` is the job's own folder. */
  constructor(
    { primary, restoreSettings, rehearsal, standby, runId, others }: Job,
    scratchDir: string,
    onNote: (message: string) => void,
  ) {
    this.scratchDir = scratchDir;
    this.primary = primary;
    this.standby = standby;
    this.others = others.length === 0 ? undefined : { hosts: others, key: loadKey(runId, primary.password) };
    this.restoreSettings = restoreSettings;
    this.#asked = rehearsal.postgres.settings;
    this.#onNote = onNote;
  }

  /** @throws CONNECTION_FAILED saying what to check, within 15 s */
  async requireReachable(signal: AbortSignal): Promise<void> {
    const { host, port } = this.primary;
    try {
      await closeQuietly(await connect(this.primary, 'setup', { signal }));
    } catch (error) {
      signal.throwIfAborted();
      const why = asError(error).cause ?? error;
      throw new RehearsalError(
        'CONNECTION_FAILED',
        `the driver host cannot connect to PostgreSQL at ${host}:${port}: ${asError(why).message}`,
        {
          hint: `check on the primary that PostgreSQL runs and listens on ${host}:${port}, that no firewall stands between, and that its pg_hba.conf lets the driver in`,
          cause: error,
        },
      );
    }
  }

  async switchTo(mode: 'restore' | 'rehearse', signal: AbortSignal): Promise<void> {
    await withConnection(
      this.primary,
      'setup',
      async (client) => {
        if (mode === 'restore') {
          const settings = await relaxable(client, this.restoreSettings, this.#asked);
          this.#changed = settings;
          await relax(client, settings, signal);
          return;
        }
        await putBack(client, this.#changed, signal);
        this.#changed = [];
        await client.query('checkpoint');
        // What a server without fsync wrote, its own checkpoints never brought to the disk.
        await client.query(SYNC);
        if (this.standby) await waitForStandby(client, signal, this.#onNote);
      },
      signal,
    );
  }

  /** Takes back a restore's settings where it did not come to its end, if that can be done at once. */
  async release(): Promise<void> {
    if (this.#changed.length === 0) return;
    const signal = AbortSignal.timeout(RELEASE_MS);
    const put = withConnection(
      this.primary,
      'setup',
      (client) => putBack(client, this.#changed, signal),
      signal,
    );
    await withTimeout(put, RELEASE_MS, 'taking back settings').catch(() => undefined);
  }
}
