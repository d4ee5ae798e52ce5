import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { localTarget } from '../../infra/targets/local/local-target.ts';
import { linkOf } from '../../infra/targets/local/parts/part-names.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { localTraces } from '../support/hosts/local-traces.ts';
import { RehearseProcess } from '../support/rehearse-process.ts';
import type { TinyRehearsal } from '../support/tiny-rehearsal.ts';

/** The folder in which the project keeps the state of its environments. */
const SESSIONS = join(import.meta.dirname, '../../.rehearse/runs');
const PATIENCE_MS = 60_000;

/** Can whole runs on local hosts be tested here? In CI they must be. */
export async function canRunLocally(): Promise<boolean> {
  const found = await localTarget.available();
  if (found.available) return true;
  const message = `target local cannot be used: ${found.why} (${found.remedy})`;
  if (process.env['CI'] === 'true') throw new Error(`${message}; in CI no test may be skipped`);
  process.stderr.write(`SKIPPING TESTS: ${message}\n`);
  return false;
}

export function startLocal(tiny: TinyRehearsal, args: readonly string[] = []): RehearseProcess {
  return new RehearseProcess(['run', '.', ...args], { cwd: tiny.dir, tmp: tiny.tmp, target: 'local' });
}

/** Everything that the machine still has of a run, its state folder included. */
export function tracesOf(runId: string): string[] {
  const session = join(SESSIONS, runId);
  return [...localTraces(runId), ...(existsSync(session) ? [`folder ${session}`] : [])];
}

/** Something that says on its output how far the run is. */
interface Talker {
  says(pattern: RegExp): Promise<void>;
}

/** The five moments in a run's life at which it may be struck. */
export const MOMENTS: Record<string, (run: Talker, runId: string) => Promise<void>> = {
  'the network is made': async (_, runId) => until(() => existsSync(`/sys/class/net/${linkOf(runId)}`)),
  'a host is made': async (_, runId) =>
    until(
      () =>
        existsSync('/run/netns') &&
        readdirSync('/run/netns').some((name) => name.includes(runId) && name.endsWith('.driver')),
    ),
  'the snapshot is restored': async (run) => {
    await run.says(/environment: \d hosts/);
    await sleep(700);
  },
  'the plan is replayed': async (run) => {
    await run.says(/baseline: /);
    await sleep(500);
  },
  'it is torn down': async (run) => {
    await run.says(/step 1\/1 \S+: ok/);
    await sleep(1_500);
  },
};

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the moment never came');
    await sleep(10);
  }
}
