import { lastMomentMs, planStartMs } from '../analysis/step-runs.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { largest } from '../analysis/largest.ts';
import type { Result } from './contract/result.ts';

/** What the plan wrote and took, with the app beside it; nothing where no step ran or nobody looked at the server meanwhile. */
export function storageResult({ evidence, steps }: Analysis): Pick<Result, 'storage'> {
  const { server = [] } = evidence;
  const runs = steps.map(({ run }) => run);
  const fromMs = planStartMs(runs);
  if (fromMs === undefined) return {};
  const toMs = largest(runs.map(({ window }) => window?.toMs ?? 0)) || lastMomentMs(evidence);
  const before = server.findLast(({ tMs }) => tMs <= fromMs) ?? server[0];
  const after = server.find(({ tMs }) => tMs >= toMs) ?? server.at(-1);
  if (before === undefined || after === undefined || after.tMs <= before.tMs) return {};
  const meanwhile = server.filter(({ tMs }) => tMs >= before.tMs && tMs <= after.tMs);
  return {
    storage: {
      walBytes: after.walBytes - before.walBytes,
      databaseBytesBefore: before.databaseBytes,
      databaseBytesMost: largest(meanwhile.map(({ databaseBytes }) => databaseBytes)),
    },
  };
}
