import type { RunFolder } from '../artifacts/run-folder.ts';
import { loadAdvice } from './advice.ts';
import { analyse } from './analysis/analyse.ts';
import { assembleResult } from './result/assemble-result.ts';
import { combinedResult } from './result/combine-playings.ts';
import { readEvidence, type Evidence } from './evidence/evidence.ts';
import { withFormerNames } from './result/contract/former-names.ts';
import type { Result } from './result/contract/result.ts';
import { withinSize } from './result/fewer/within-size.ts';
import { requireWhole } from './evidence/whole-evidence.ts';
import type { OnJudging } from './judging-news.ts';
import type { Judged } from './result/contract/judged.ts';
import { runChecks } from './run-checks.ts';

/**
 * Judges a run from what it left in its folder; nothing else is asked, and the same folder gives the same result.
 * @param onNews is told what it does, since a long run takes a while
 * @throws RUN_INVALID naming a damaged file
 */
export async function judge(folder: RunFolder, onNews: OnJudging = () => undefined): Promise<Judged> {
  await loadAdvice();
  await requireWhole(folder);
  const own = await readEvidence(folder, onNews);
  const planned = own.playing === undefined ? (own.run.playings ?? []) : [];
  const playings: Judged[] = [];
  const results = new Map<number, Result>();
  for (const { index } of planned.length > 1 ? planned : []) {
    const part = folder.playing(index);
    if (part === undefined) continue;
    const result = judgeEvidence(await readEvidence(part, onNews));
    results.set(index, result);
    playings.push({ folder: part, result: withFormerNames(withinSize(result)), playings: [] });
  }
  onNews({ doing: 'comparing' });
  const run = { ...own.run, startedAt: own.environment?.startedAt ?? own.run.startedAt };
  const result =
    playings.length === 0
      ? judgeEvidence(own)
      : combinedResult(run, { results, folder: folder.playingsName });
  return { folder, result: withFormerNames(withinSize(result)), playings };
}

/** Pure; `loadAdvice` must have been awaited once. */
export function judgeEvidence(evidence: Evidence): Result {
  const analysis = analyse(evidence);
  return assembleResult(analysis, runChecks(analysis));
}
