import type { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { ExactWaits } from '../../../scripts/probes/exact-waits.ts';
import { LockWatch } from '../../../scripts/probes/lock-watch.ts';
import { ProbeLife } from '../../../scripts/probes/probe-life.ts';
import { SchemaWatch } from '../../../scripts/probes/schema-watch/schema-watch.ts';
import { Touched } from '../../../scripts/probes/touched/touched.ts';
import { waitSources } from '../../../scripts/probes/wait-sources.ts';
import type { StepContext } from '../../../scripts/replay/context.ts';
import type { Cleanup } from '../../../scripts/shared/cleanup.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';

/** The context of a step without a rehearsal around it: real probes that write into `folder`, and no traffic. */
export async function openStepContext(
  endpoint: PgEndpoint,
  folder: RunFolder,
  cleanup: Cleanup,
  clock = new RunClock(),
  sources = waitSources(process.env),
): Promise<StepContext> {
  const touched = new Touched(true);
  const probes = folder.writer('probes');
  cleanup.add('probes', () => probes.close());
  const life = new ProbeLife(probes, clock, new AbortController().signal);
  const writers = {
    waits: folder.writer('waits'),
    locks: folder.writer('locks'),
    steps: folder.writer('steps'),
    batches: folder.writer('batches'),
    exact: folder.writer('exact-waits'),
    schema: folder.writer('schema'),
  };
  for (const [name, writer] of Object.entries(writers)) cleanup.add(name, () => writer.close());
  const exact = await ExactWaits.start(endpoint, sources, { clock, life, touched, writer: writers.exact });
  cleanup.add('exact waits', () => exact.stop());
  const watch = await LockWatch.start(endpoint, { ...writers, clock, life, touched, exact });
  cleanup.add('watch', () => watch.stop());
  const schema = await SchemaWatch.start(
    endpoint,
    { versions: [], logins: new Map() },
    { clock, life, touched, writer: writers.schema },
  );
  cleanup.add('schema', () => schema.stop());
  return {
    rehearsal: { dir: folder.path, environment: {} } as StepContext['rehearsal'],
    primary: endpoint,
    login: endpoint,
    enclose: null,
    clock,
    watch,
    schema,
    traffic: {
      setShares: () => Promise.resolve(),
      setMaintenance: () => Promise.resolve(),
      p99Ms: () => null,
    },
    steps: writers.steps,
    batches: writers.batches,
    signal: new AbortController().signal,
    settled: () => Promise.resolve(),
    progress: () => undefined,
  };
}
