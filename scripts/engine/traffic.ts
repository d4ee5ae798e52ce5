import { HEALTHY_SHARE } from '../artifacts/capacity.ts';
import type { LoadEvent } from '../artifacts/records/records.ts';
import type { RunFolder } from '../artifacts/run-folder.ts';
import { partsOf } from '../load/chance/load-shape.ts';
import { startLoad, type LoadHosts, type LoadOptions, type RunningLoad } from '../load/start-load.ts';
import type { SamplePools } from '../load/traffic/samples.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { driverCount } from '../plan/schema/driver-hosts.ts';
import type { Rehearsal } from '../plan/model.ts';
import { versionPools } from '../plan/version-pools.ts';
import type { VersionScripts } from '../probes/compatibility.ts';
import type { ProbeLife } from '../probes/probe-life.ts';
import type { Traffic } from '../replay/context.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import { formatCount } from '../shared/text/format.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { OnEvent } from './events.ts';
import type { ScriptOutcome } from './health.ts';

/** How long the queue may take to drain when the load stops; what still waits then counts as unfinished. */
const DRAIN_MS = 15_000;

interface TrafficSetup {
  readonly endpoint: PgEndpoint;
  /** How each version connects, by its name. */
  readonly logins: ReadonlyMap<string, PgEndpoint>;
  readonly rehearsal: Rehearsal;
  readonly versions: readonly VersionScripts[];
  readonly pools: SamplePools;
  readonly folder: RunFolder;
  /** Hosts that have a share of it. */
  readonly others: LoadHosts | undefined;
  /** Closed by whoever opened it. */
  readonly events: NdjsonWriter<LoadEvent>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** The standby's lag as last seen, for the live line. */
  readonly standbyLagMs: () => number | null;
}

/** The app's traffic during one run, and its record. */
export class RunTraffic implements Traffic {
  readonly #load: RunningLoad;
  readonly #events: NdjsonWriter<LoadEvent>;
  readonly #life: ProbeLife;
  readonly #versions: readonly VersionScripts[];
  #stopped = false;

  private constructor(
    load: RunningLoad,
    { events, life, versions }: Pick<TrafficSetup, 'events' | 'life' | 'versions'>,
  ) {
    this.#load = load;
    this.#events = events;
    this.#life = life;
    this.#versions = versions;
  }

  static async start(setup: TrafficSetup): Promise<RunTraffic> {
    const { endpoint, rehearsal, versions, pools, folder, events, clock, life, signal, onEvent } = setup;
    life.note('requests', 'started');
    const load = await startLoad({
      endpoint,
      logins: setup.logins,
      versionPools: versionPools(rehearsal.load.versions, rehearsal.plan),
      spec: rehearsal.load,
      scripts: new Map(versions.map(({ name, scripts }) => [name, [...scripts]])),
      pools,
      ...loadPlaces(setup),
      zeroMs: clock.zeroMs,
      requestsPath: folder.streamPath('requests'),
      signal,
      onSecond: ({ done, errors, p50Ms, p99Ms }) => {
        onEvent({
          type: 'traffic',
          ratePerSec: done,
          p50Ms,
          p99Ms,
          errors,
          standbyLagMs: setup.standbyLagMs(),
        });
      },
      onEvent: (event) => {
        events.write(event);
        if (event.type === 'capacity') noteCapacity(event, rehearsal.load.ratePerSec, onEvent);
      },
    });
    return new RunTraffic(load, setup);
  }

  /** Aborts when the generator ended by itself. */
  get died(): AbortSignal {
    return this.#load.died;
  }

  setShares(shares: Record<string, number>): Promise<void> {
    return this.#load.setShares(shares);
  }

  setMaintenance(isOn: boolean): Promise<void> {
    return this.#load.setMaintenance(isOn);
  }

  p99Ms(): number | null {
    return this.#load.latest()?.p99Ms ?? null;
  }

  latest(): { outcomes: readonly ScriptOutcome[]; p99Ms: number | null } {
    const outcomes = (this.#load.latest()?.outcomes ?? []).map(({ version, script, outcome, count }) => {
      const { name = '', scripts = [] } = this.#versions[version] ?? {};
      return { version: name, script: scripts[script]?.name ?? '', outcome, count };
    });
    return { outcomes, p99Ms: this.p99Ms() };
  }

  markBaseline(fromMs: number, toMs: number): void {
    this.#events.write({ type: 'baseline', fromMs, toMs });
  }

  /** Ends the traffic in order: the record is complete afterwards. */
  async stop(): Promise<void> {
    await this.#load.stop(DRAIN_MS);
    this.#stopped = true;
    this.#life.note('requests', 'stopped');
  }

  /** For every other way out. */
  release(): void {
    if (!this.#stopped) this.#load.kill();
  }
}

/** Without hosts of their own the drivers are processes of this one. */
function loadPlaces({ rehearsal, others }: TrafficSetup): Pick<LoadOptions, 'others' | 'processes'> {
  if (others !== undefined) return { others };
  return { processes: Math.max(partsOf(rehearsal.load), driverCount(rehearsal)) };
}

type Capacity = Pick<Extract<LoadEvent, { type: 'capacity' }>, 'perSec' | 'isBelow'>;

/** Said while there is still time to stop and choose another rate. */
function noteCapacity({ perSec, isBelow }: Capacity, ratePerSec: number, onEvent: OnEvent): void {
  const share = ratePerSec / perSec;
  if (share <= HEALTHY_SHARE) return;
  const message = `the load of ${formatCount(ratePerSec)}/s is ${isBelow === true ? 'more than ' : ''}${(share * 100).toFixed(0)} % of the ${formatCount(Math.round(perSec))}/s that the app can do: above ${HEALTHY_SHARE * 100} % it is slow by itself`;
  onEvent({ type: 'note', message });
}
