import { baseContent } from '../../snapshot/base/base-content.ts';
import type { EnvironmentSpec, Target } from '../../../infra/contract/target.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { versionPools } from '../../plan/version-pools.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { openPhysical } from '../../snapshot/physical/open-physical.ts';
import type { OnProgress } from '../../snapshot/progress-ticker.ts';
import { shownSource } from '../../snapshot/restore.ts';
import type { OnEvent } from '../../engine/events.ts';
import { formatBytes, formatMs } from '../../shared/text/format.ts';

/** A run ends itself after this, or sooner where its target says so; what is still there then is nobody's. */
const LONGEST_RUN_MS = 12 * 3_600_000;

/** What a rehearsal needs of its environment. */
export function environmentSpec(
  runId: string,
  rehearsal: Rehearsal,
  { lifeMs = LONGEST_RUN_MS }: Pick<Target, 'lifeMs'>,
  onEvent: OnEvent,
): EnvironmentSpec {
  const { load, plan, plans = [] } = rehearsal;
  const pools = [plan, ...plans.map(({ steps }) => steps)].map((steps) => versionPools(load.versions, steps));
  return {
    runId,
    postgres: rehearsal.postgres,
    hosts: rehearsal.hosts,
    connections: load.connections * Math.max(1, ...pools.map((some) => new Set(some.values()).size)),
    expiresAt: new Date(Math.floor((Date.now() + lifeMs) / 1000) * 1000).toISOString(),
    content: (signal) => baseContent(rehearsal.snapshot, signal),
    ...physicalOf(rehearsal, onEvent),
    driverBundle: async () => {
      const { bundleDriver } = await import('../../job/bundle.ts');
      return bundleDriver();
    },
  };
}

function physicalOf({ snapshot, dir }: Rehearsal, onEvent: OnEvent): Pick<EnvironmentSpec, 'physical'> {
  if (snapshot.kind !== 'physical') return {};
  const onProgress: OnProgress = ({ detail, fraction, bytesPerSec, etaMs }) => {
    const rate = bytesPerSec === null ? '' : `, ${formatBytes(bytesPerSec)}/s`;
    onEvent({
      type: 'stage',
      stage: 'environment',
      state: 'progress',
      detail: `${detail}${rate}`,
      fraction,
      etaMs,
    });
  };
  const shown = shownSource(snapshot, dir);
  return { physical: () => openPhysical(snapshot, { shown, env: process.env, onProgress }) };
}

/** Aborts with TIMED_OUT when a run that starts now has taken too long. */
export function runTimeout({ lifeMs = LONGEST_RUN_MS }: Pick<Target, 'lifeMs'>): AbortSignal {
  const controller = new AbortController();
  const over = new RehearsalError('TIMED_OUT', `the run took longer than ${formatMs(lifeMs)}`, {
    hint: 'rehearse fewer steps at a time, or a smaller snapshot',
  });
  setTimeout(() => {
    controller.abort(over);
  }, lifeMs).unref();
  return controller.signal;
}
