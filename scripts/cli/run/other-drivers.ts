import { DriverSession } from '../../../infra/remote-job/driver-session.ts';
import type { DriverEnvironment, OtherDriver } from '../../../infra/contract/target.ts';
import { doneSchema, JOB_FILES, parseDriverLine, type Share } from '../../job/job.ts';
import { loadKey, type LoadHost } from '../../load/driver-hosts/load-host.ts';
import { withTimeout } from '../../shared/clock.ts';
import { RehearsalError } from '../../shared/errors.ts';

const START_MS = 60_000;
const STOP_GRACE_MS = 2_000;
/** Ends the following of a job that goes on. */
const HEARD = new Error('heard');

interface DriverRun {
  readonly runId: string;
  readonly environment: DriverEnvironment;
  readonly expiresAt: string;
  readonly signal: AbortSignal;
}

/** The driver hosts beside the first: each takes a share of the load in, for whoever has the key of the run. */
export class OtherDrivers {
  readonly #sessions: readonly DriverSession[];
  readonly hosts: readonly LoadHost[];

  private constructor(sessions: readonly DriverSession[], hosts: readonly LoadHost[]) {
    this.#sessions = sessions;
    this.hosts = hosts;
  }

  /** Where they serve already, they go on. @throws DRIVER_FAILED, HOST_UNREACHABLE */
  static async start(run: DriverRun): Promise<OtherDrivers> {
    const options = { signal: run.signal, onNote: () => undefined };
    const drivers = run.environment.otherDrivers;
    const opened = await Promise.all(drivers.map(({ access }) => DriverSession.open(access, options)));
    const hosts = await Promise.all(
      drivers.map((driver, index) => serving(driver, opened[index] as DriverSession, run)),
    );
    return new OtherDrivers(opened, hosts);
  }

  /** Their hosts may stay up, as with `--keep`; where they cannot be asked they end with their hosts. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#sessions.map((session) => session.stop(STOP_GRACE_MS)));
    await this.close();
  }

  /** Leaves them to the end of their hosts. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#sessions.map((session) => session.close()));
  }
}

async function serving(
  { role, address }: OtherDriver,
  session: DriverSession,
  { runId, environment, expiresAt, signal }: DriverRun,
): Promise<LoadHost> {
  const key = loadKey(runId, environment.primary.password);
  const leftMs = Date.parse(expiresAt) - Date.now();
  const share: Share = { schemaVersion: 1, runId, expiresAt, leftMs, address, key };
  const documents = [{ to: JOB_FILES.share, text: JSON.stringify(share), mode: 0o600 }];
  await session.upload({ files: [], documents }, () => undefined);
  await session.start();
  let port: number | undefined;
  const following = session
    .follow((line) => {
      const news = parseDriverLine(line);
      if (news?.type !== 'listening') return;
      port = news.port;
      throw HEARD;
    })
    .catch((error: unknown) => {
      if (error !== HEARD) throw error;
      return undefined;
    });
  const done = await withTimeout(following, START_MS, `starting ${role}`, signal);
  if (done === undefined && port !== undefined) return { name: role, address, port };
  const why = doneSchema.safeParse(done).data?.error?.message ?? 'it ended by itself';
  throw new RehearsalError('DRIVER_FAILED', `${role} cannot take its share of the load: ${why}`, {
    hint: 'look at that host by SSH: `rehearse list` prints the command',
  });
}
