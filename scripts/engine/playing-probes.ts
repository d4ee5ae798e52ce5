import type { CompatibilityRecord } from '../artifacts/records/records.ts';
import type { SchemaRecord } from '../artifacts/records/of-plan/schema-records.ts';
import { loadSamples, type SamplePools } from '../load/traffic/samples.ts';
import { withConnection } from '../pg/client.ts';
import { WarmConnection } from '../pg/warm-connection.ts';
import { CompatibilityProbe } from '../probes/compatibility.ts';
import { DriftProbe } from '../probes/drift/drift-probe.ts';
import { ExactWaits } from '../probes/exact-waits.ts';
import { FingerprintProbe } from '../probes/fingerprints/fingerprint-probe.ts';
import { LockWatch } from '../probes/lock-watch.ts';
import { NoiseProbe } from '../probes/noise/noise-probe.ts';
import { ProbeLife } from '../probes/probe-life.ts';
import { RollbackProbe } from '../probes/rollback/rollback-probe.ts';
import { RowCountProbe } from '../probes/row-counts/row-count-probe.ts';
import { SchemaWatch } from '../probes/schema-watch/schema-watch.ts';
import { ServerProbe } from '../probes/server-probe.ts';
import { Touched } from '../probes/touched/touched.ts';
import { UpdateCounts } from '../probes/update-counts.ts';
import { waitSources } from '../probes/wait-sources.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { Cleanup } from '../shared/cleanup.ts';
import { isPlanAlone } from './alone.ts';
import { requireHealthyStart } from './health.ts';
import { unlessAway, writer, type Playing } from './playing.ts';
import type { Logins } from './roles/logins.ts';

export interface Probes {
  readonly life: ProbeLife;
  readonly watch: LockWatch;
  readonly schema: SchemaWatch;
  readonly compatibility: CompatibilityProbe;
  readonly rowCounts: RowCountProbe;
  readonly updateCounts: UpdateCounts;
  readonly drift: DriftProbe;
  /** Only where the plan goes back. */
  readonly rollback: RollbackProbe | undefined;
  readonly fingerprints: FingerprintProbe;
  readonly pools: SamplePools;
  /** The standby's lag as last seen. */
  readonly lagMs: () => number | null;
}

/** Everything that looks, but for the traffic: each is registered for its end before the next one starts. */
export async function startProbes(run: Playing, logins: Logins, cleanup: Cleanup): Promise<Probes> {
  const { rehearsal, versions, environment, clock, signal } = run;
  const endpoint = environment.primary;
  const { seed } = rehearsal.load;
  const life = new ProbeLife(writer(run, cleanup, 'probes'), clock, signal);
  const scripts = versions.flatMap((version) => version.scripts);
  const { pools, touched } = await withConnection(
    endpoint,
    'setup',
    async (client) => ({
      pools: await loadSamples(client, scripts, seed),
      touched: new Touched(await isPlanAlone(run, client)),
    }),
    signal,
  );
  const records = writer(run, cleanup, 'compatibility');
  const connection = new WarmConnection(endpoint);
  cleanup.add('looking connection', () => connection.close());
  const tried = { connection, logins: logins.app, versions, pools, seed, writer: records, life, touched };
  const compatibility = new CompatibilityProbe(tried);
  presence(run, life, cleanup);
  const start = await compatibility.look('start', signal);
  await unlessAway(run, () => {
    requireHealthyStart(rehearsal, start);
  });

  let lagMs: number | null = null;
  const sinks = { writer: writer(run, cleanup, 'server'), clock, life };
  const server = await ServerProbe.start(endpoint, sinks, ({ replayLagMs }) => (lagMs = replayLagMs));
  cleanup.add('server probe', () => server.stop());
  const noise = new NoiseProbe(environment, { writer: writer(run, cleanup, 'noise'), clock });
  cleanup.add('noise probe', () => noise.stop());
  const sightings = { waits: writer(run, cleanup, 'waits'), locks: writer(run, cleanup, 'locks') };
  const sources = waitSources(process.env);
  const exact = await ExactWaits.start(endpoint, sources, {
    writer: writer(run, cleanup, 'exact-waits'),
    clock,
    life,
    touched,
  });
  cleanup.add('exact waits', () => exact.stop());
  const watch = await LockWatch.start(endpoint, { clock, life, exact, touched, ...sightings });
  cleanup.add('lock watch', () => watch.stop());
  const app = { versions, logins: logins.app };
  const looks = { writer: writer(run, cleanup, 'schema'), clock, life, touched };
  const schema = await SchemaWatch.start(endpoint, app, looks);
  cleanup.add('schema watch', () => schema.stop());
  const rowCounts = new RowCountProbe({ app, pools, seed, clock, writer: looks.writer });
  const updateCounts = new UpdateCounts({ connection, clock, touched, writer: looks.writer });
  await updateCounts.look(null, 'before', signal);
  const drift = new DriftProbe({ endpoint, versions: rehearsal.load.versions, clock, writer: looks.writer });
  const rollback = await startRollbackProbe(run, { logins, pools }, life, cleanup);
  const fingerprints = await startFingerprints(run, start, looks.writer);
  const looking = { rowCounts, updateCounts, drift, rollback, fingerprints };
  return { life, watch, schema, compatibility, ...looking, pools, lagMs: () => lagMs };
}

function startFingerprints(
  run: Playing,
  tried: readonly CompatibilityRecord[],
  records: NdjsonWriter<SchemaRecord>,
): Promise<FingerprintProbe> {
  const { rehearsal, environment, scenario, quiet, clock, signal } = run;
  const { plan, scenarios, load } = rehearsal;
  const setup = { plan, scenarios, versions: load.versions, tried, scenario, quiet, clock, writer: records };
  return FingerprintProbe.start({ ...setup, endpoint: environment.primary }, signal);
}

async function startRollbackProbe(
  run: Playing,
  { logins, pools }: { readonly logins: Logins; readonly pools: SamplePools },
  life: ProbeLife,
  cleanup: Cleanup,
): Promise<RollbackProbe | undefined> {
  if (run.scenario.backFrom === undefined) return undefined;
  const { environment, rehearsal, versions, clock, signal } = run;
  const [first] = versions;
  const login = logins.app.get(first?.name ?? '') ?? environment.primary;
  const old = { login, scripts: first?.scripts ?? [], pools, seed: rehearsal.load.seed };
  const app = { plan: rehearsal.plan, versions: rehearsal.load.versions, old };
  const sinks = { writer: writer(run, cleanup, 'rollback'), clock, life };
  const probe = await RollbackProbe.start({ endpoint: environment.primary, ...app, ...sinks }, signal);
  cleanup.add('rollback probe', () => probe.stop());
  return probe;
}

/** What the watches see belongs to this playing of the plan until it ends. */
function presence(run: Playing, life: ProbeLife, cleanup: Cleanup): void {
  const records = writer(run, cleanup, 'presence');
  run.watches.recordInto({ writer: records, clock: run.clock });
  life.note('presence', 'started');
  cleanup.add('presence', () => {
    run.watches.recordInto(undefined);
    if (!run.signal.aborted) life.note('presence', 'stopped');
    return Promise.resolve();
  });
}
