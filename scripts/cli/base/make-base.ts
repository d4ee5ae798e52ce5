import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { HereEnvironment } from '../../../infra/contract/target.ts';
import { withEnvironment } from '../../../infra/lifecycle.ts';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { chooseTarget } from '../../../infra/targets/choose-target.ts';
import { newRunId } from '../../artifacts/run-id.ts';
import type { OnEvent } from '../../engine/events.ts';
import { fillDatabase, keepBase, type Filled } from '../../engine/fill-database.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { markProcesses } from '../../shared/run-mark.ts';
import { formatBytes, formatMs } from '../../shared/text/format.ts';
import type { CliContext } from '../context.ts';
import { readChecked } from '../read-checked.ts';
import { ownFolder } from '../rehearsal-dir.ts';
import { environmentSpec, runTimeout } from '../run/environment-spec.ts';
import { abortOnSignals } from '../run/interrupt.ts';

/**
 * Restores the snapshot of a rehearsal on `embedded` and keeps it. What is kept already is left as it is.
 * @throws USAGE where such a snapshot cannot be kept, and whatever a restore throws
 */
export async function makeBase(dir: string | undefined, context: CliContext): Promise<number> {
  const { io, out } = context;
  const rehearsal = await readChecked(dir === undefined ? ownFolder(io.cwd) : resolve(io.cwd, dir), io);
  if (rehearsal.snapshot.kind === 'command')
    throw new RehearsalError('USAGE', 'a snapshot that a command makes cannot be kept as a base', {
      hint: 'nobody can tell whether it would make the same again; name a dump as snapshot.source',
    });
  await chooseTarget(embeddedTarget.name, [embeddedTarget]);
  const runId = newRunId('base');
  const stop = new AbortController();
  const release = abortOnSignals(context, stop, () => undefined);
  const signal = AbortSignal.any([stop.signal, runTimeout({})]);
  const unmark = markProcesses(runId);
  const onEvent: OnEvent = (event) => {
    if (event.type === 'note') out.note(event.message);
  };
  const use = async (environment: HereEnvironment): Promise<Filled> => {
    const filling = { rehearsal, environment, jobs: availableParallelism(), signal, leastMs: 0 };
    const filled = await fillDatabase({ ...filling, onEvent });
    await keepBase({ ...filling, onEvent }, filled);
    return filled;
  };
  const spec = environmentSpec(runId, rehearsal, {}, onEvent);
  const life = await withEnvironment(embeddedTarget, spec, use, { signal });
  unmark();
  release();
  if (life.use.status === 'rejected') throw life.use.reason;
  const { snapshot } = life.use.value;
  const how =
    snapshot.base === undefined ? `kept, restored in ${formatMs(snapshot.restoreMs)}` : 'was kept already';
  out.result(`${formatBytes(snapshot.bytes)} ${how}`);
  return EXIT.ok;
}
