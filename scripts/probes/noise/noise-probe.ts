import type { NoiseRecord } from '../../artifacts/records/noise-record.ts';
import { HostLook } from '../../load/driver-hosts/host-look.ts';
import type { LoadHosts } from '../../load/start-load.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { sleep } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { machinesOf, type HostSpan } from './machines.ts';
import { readOwnHost } from './own-host.ts';
import type { Reading } from './reading.ts';
import { ServerHost } from './server-host.ts';

const PERIOD_MS = 1_000;
/** A host that could not be asked so often in a row is not asked any more. */
const MOST_FAILURES = 5;

interface Watched {
  readonly name: string;
  readonly read: () => Promise<Reading>;
  last: Reading | undefined;
  failures: number;
}

/** Servers, and the driver hosts beside the one that this runs on. */
interface Hosts {
  readonly primary: PgEndpoint;
  readonly standby: PgEndpoint | null;
  readonly others?: LoadHosts | undefined;
}

interface Sinks {
  readonly writer: NdjsonWriter<NoiseRecord>;
  readonly clock: RunClock;
}

/**
 * Once a second, who had the processors of each host that takes part. Where a kernel does not tell, that is on record and
 * nothing else: it judges no plan.
 */
export class NoiseProbe {
  readonly #stop = new AbortController();
  readonly #servers: readonly (ServerHost | HostLook)[];
  readonly #loop: Promise<void>;

  constructor({ primary, standby, others }: Hosts, sinks: Sinks) {
    const servers = [
      { name: 'primary', server: new ServerHost(primary) },
      ...(standby === null ? [] : [{ name: 'standby', server: new ServerHost(standby) }]),
    ];
    const drivers = (others?.hosts ?? []).map((host) => {
      return { name: host.name, look: new HostLook(host, others?.key ?? '') };
    });
    this.#servers = [...servers.map(({ server }) => server), ...drivers.map(({ look }) => look)];
    const hosts: Watched[] = [
      { name: 'driver', read: readOwnHost, last: undefined, failures: 0 },
      ...servers.map(({ name, server }) => {
        return { name, read: () => server.read(), last: undefined, failures: 0 };
      }),
      ...drivers.map(({ name, look }) => {
        return { name, read: async () => (await look.read()) as Reading, last: undefined, failures: 0 };
      }),
    ];
    this.#loop = this.#run(hosts, sinks);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
    for (const server of this.#servers) await server.close();
  }

  async #run(hosts: readonly Watched[], { writer, clock }: Sinks): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const asked = hosts.filter(({ failures }) => failures < MOST_FAILURES);
      const spans = (await Promise.all(asked.map((host) => look(host, writer, clock)))).flat();
      // Without all of them, what is whose cannot be told: another host may be on the same machine.
      if (spans.length === hosts.length)
        for (const machine of machinesOf(spans))
          writer.write({ type: 'second', tMs: clock.now(), ...machine });
      await sleep(PERIOD_MS, this.#stop.signal).catch(() => undefined);
    }
  }
}

/** Nothing at its first look, and where it could not be asked. */
async function look(host: Watched, writer: NdjsonWriter<NoiseRecord>, clock: RunClock): Promise<HostSpan[]> {
  const from = host.last;
  try {
    const to = await host.read();
    host.last = to;
    host.failures = 0;
    return from === undefined ? [] : [{ host: host.name, from, to }];
  } catch (error) {
    host.last = undefined;
    host.failures += 1;
    if (host.failures === MOST_FAILURES)
      writer.write({ type: 'unseen', tMs: clock.now(), host: host.name, why: asError(error).message });
    return [];
  }
}
