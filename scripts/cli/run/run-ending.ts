import { rm } from 'node:fs/promises';
import type { Lifecycle } from '../../../infra/lifecycle.ts';
import type { RunRecord } from '../../artifacts/records/records.ts';
import type { RunFolder } from '../../artifacts/run-folder.ts';
import { sealRun } from '../../artifacts/seal.ts';
import { judge } from '../../checks/judge.ts';
import type { OnJudging } from '../../checks/judging-news.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { writeReports } from '../../report/write.ts';
import { asError, EXIT, exitCodeFor, namedLack, RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { hasPrivateWords, keepPrivateWordsIn } from '../../shared/text/private-words.ts';
import { redact } from '../../shared/text/redact.ts';
import { dropClaim } from '../../../infra/claims/run-claim.ts';

/** How the plan ended: the message of the failure that ended it early, or undefined. */
export type PlanEnd = string | undefined;

/**
 * Adds how the run ended to the evidence, judges it and writes the reports; then throws what ended the run early, or that
 * something may be left.
 */
export async function finish(
  folder: RunFolder,
  record: RunRecord,
  lifecycle: Lifecycle<PlanEnd>,
  onJudging: (runId: string) => OnJudging = () => () => undefined,
): Promise<Result> {
  const { use, destroyMs, leftovers } = lifecycle;
  const environment = await folder.readDocument('environment');
  // Shared hosts go with their batch, however this run ended.
  const keptUntil = lifecycle.keptUntil?.toISOString() ?? environment?.shared?.until ?? null;
  if (environment) {
    await folder.writeDocument('environment', {
      ...environment,
      destroyMs: keptUntil === null ? destroyMs : null,
      leftovers: keptUntil === null ? (leftovers?.length ?? null) : null,
      left: (leftovers ?? []).map(({ what }) => what),
      endedAt: new Date().toISOString(),
      keptUntil,
    });
  }
  keepPrivateWordsIn(undefined); // what is said from here on would break the seal
  await sealRun(folder, { ...record, ...ending(use), endedAt: new Date().toISOString() });
  await dropClaim(folder.path);
  const left = leftoversError(lifecycle);
  const onNews = onJudging(record.runId);
  if (use.status === 'rejected') {
    await keepEvidence(folder, use.reason);
    throw left ?? asError(namedLack(use.reason));
  }
  const judged = await judge(folder, onNews);
  await writeReports(judged);
  if (left) throw left;
  return judged.result;
}

/** Half a run is worth a report, and one that never came so far stands in the list; a mistake of the input is no run. */
async function keepEvidence(folder: RunFolder, reason: unknown): Promise<void> {
  if ((await folder.readDocument('snapshot')) === undefined) {
    if (exitCodeFor(reason) !== EXIT.usage || hasPrivateWords(folder.path)) return; // a message may point there
    await rm(folder.path, { recursive: true });
    return;
  }
  try {
    await writeReports(await judge(folder));
  } catch {
    // What ended the run is the news; that half of it cannot be judged is not.
  }
}

function ending(use: Lifecycle<PlanEnd>['use']): Pick<RunRecord, 'outcome' | 'problem'> {
  if (use.status === 'fulfilled') {
    return use.value === undefined
      ? { outcome: 'completed', problem: null }
      : { outcome: 'step-failed', problem: redact(use.value) };
  }
  const error = asError(namedLack(use.reason));
  const interrupted = error instanceof RehearsalError && error.code === 'INTERRUPTED';
  return { outcome: interrupted ? 'interrupted' : 'error', problem: redact(error.message) };
}

/** Undefined only where a sweep proved that nothing stayed, or where it was to stay. */
function leftoversError({ leftovers, failures }: Lifecycle<PlanEnd>): RehearsalError | undefined {
  if (leftovers?.length === 0) return undefined;
  const why = failures.map(({ label, error }) => `${label}: ${error.message}`);
  const what =
    leftovers === null
      ? 'something of this run may be left: the sweep after it failed'
      : `${plural(leftovers.length, 'thing')} of this run could not be removed`;
  const details = [...(leftovers ?? []).map((leftover) => leftover.what), ...why];
  return new RehearsalError('LEFTOVERS', `${what}: ${details.join('; ')}`, {
    hint: 'rehearse reap --execute removes what is there',
  });
}
