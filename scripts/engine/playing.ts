import type { RunFolder, StreamName } from '../artifacts/run-folder.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { Rehearsal, Scenario } from '../plan/model.ts';
import type { VersionScripts } from '../probes/compatibility.ts';
import type { QuietRows } from '../probes/fingerprints/quiet-rows.ts';
import type { ServerWatches } from '../probes/server-watch/server-watches.ts';
import type { Cleanup } from '../shared/cleanup.ts';
import { RehearsalError } from '../shared/errors.ts';
import { formatMs } from '../shared/text/format.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import type { OnEvent } from './events.ts';

/** The plan once, on a database that is ready. */
export interface Playing {
  readonly rehearsal: Rehearsal;
  /** In whose company. */
  readonly scenario: Scenario;
  readonly versions: readonly VersionScripts[];
  /** Its primary's endpoint is the tool's own login. */
  readonly environment: EngineEnvironment;
  /** As whom app and plan connect, where the rehearsal names no roles. */
  readonly superuser: PgEndpoint;
  readonly folder: RunFolder;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  readonly watches: ServerWatches;
  /** Of all playings of the run. */
  readonly quiet: QuietRows;
}

/** A stream of its folder, closed with all else of it. */
export function writer<K extends StreamName>(
  { folder }: Playing,
  cleanup: Cleanup,
  name: K,
): ReturnType<typeof folder.writer<K>> {
  const opened = folder.writer(name);
  cleanup.add(`${name}.ndjson`, () => opened.close());
  return opened;
}

/** Before the plan has begun, an app that fails because its server was away is no reason to mend the workload. */
export async function unlessAway({ watches }: Playing, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (cause) {
    await watches.settled();
    if (watches.awayMs === 0) throw cause;
    const message = `the servers were away for ${formatMs(watches.awayMs)} before the first step`;
    throw new RehearsalError('CONNECTION_FAILED', message, {
      hint: 'rehearse again; if it stays so, look at the network and at the server’s host',
      cause,
    });
  }
}
