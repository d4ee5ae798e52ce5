import type { EnvironmentSpec } from '../../../infra/contract/target.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatMs } from '../../shared/text/format.ts';

/** A run ends itself after this; what is still there then is nobody's, and `rehearse reap` may take it. */
const LONGEST_RUN_MS = 12 * 3_600_000;

/** What a rehearsal needs of its environment. */
export function environmentSpec(runId: string, rehearsal: Rehearsal): EnvironmentSpec {
  const pools = new Set(rehearsal.load.versions.map(({ role }) => role)).size;
  return {
    runId,
    postgres: rehearsal.postgres,
    hosts: rehearsal.hosts,
    connections: rehearsal.load.connections * Math.max(1, pools),
    expiresAt: new Date(Date.now() + LONGEST_RUN_MS).toISOString(),
    driverBundle: async () => {
      const { bundleDriver } = await import('../../driver/bundle.ts');
      return bundleDriver();
    },
  };
}

/** Aborts with TIMED_OUT when a run that starts now has taken too long. */
export function runTimeout(): AbortSignal {
  const controller = new AbortController();
  const over = new RehearsalError('TIMED_OUT', `the run took longer than ${formatMs(LONGEST_RUN_MS)}`, {
    hint: 'rehearse fewer steps at a time, or a smaller snapshot',
  });
  setTimeout(() => {
    controller.abort(over);
  }, LONGEST_RUN_MS).unref();
  return controller.signal;
}
