import { join } from 'node:path';
import { z } from 'zod';
import { fromProjectRoot } from '../project-root.ts';
import type { RehearsalOutputs } from '../resources/rehearsal-outputs.ts';

/** What this plugin needs of result.json. */
const resultSchema = z.object({
  runId: z.string(),
  target: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  headline: z.string(),
  findings: z.array(z.object({ message: z.string() })),
  environment: z.object({
    leftovers: z.number().nullable(),
    /** By the cloud's billing rule. */
    cost: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  }),
});

export type ResultDocument = z.infer<typeof resultSchema>;

/** Undefined where stdout is no result: the run ended before it was judged. */
export function parseResult(stdout: string): ResultDocument | undefined {
  try {
    return resultSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

/** @param out folder of run folders, as it was given */
export function outputsOf(result: ResultDocument, out: string): RehearsalOutputs {
  const { runId, target, startedAt, endedAt, verdict, findings, environment } = result;
  const durationMs = Date.parse(endedAt) - Date.parse(startedAt);
  return {
    verdict,
    worstFinding: findings[0]?.message ?? 'none',
    reportPath: fromProjectRoot(join(out, runId, 'report.html')),
    resultPath: fromProjectRoot(join(out, runId, 'result.json')),
    runId,
    durationMs,
    cost: costOf(environment.cost),
    leftovers: environment.leftovers ?? 0,
    usedTarget: target,
    endedAt,
  };
}

/** The verdict of what had nothing to rehearse. */
export const NOTHING_NEW = 'nothing-new';

const nothingNewSchema = z.object({ nothingNew: z.string() });

/** The sentence of a `rehearse run` that had no migration to rehearse; undefined of any other. */
export function nothingNewIn(stdout: string): string | undefined {
  try {
    return nothingNewSchema.parse(JSON.parse(stdout)).nothingNew;
  } catch {
    return undefined;
  }
}

/** Nothing was started, and nothing is wrong with that. */
export function nothingNew(rehearsal: string, why: string): RehearsalOutputs {
  return { ...notJudged(`${rehearsal}-nothing-new`, why), verdict: NOTHING_NEW };
}

/** Of a run that ended before it was judged: an older verdict is not this one's. */
export function notJudged(runId: string, why: string): RehearsalOutputs {
  return {
    verdict: 'none',
    worstFinding: why.split('\n', 1)[0] ?? '',
    reportPath: 'none',
    resultPath: 'none',
    runId,
    durationMs: 0,
    cost: 'none',
    leftovers: 0,
    usedTarget: 'none',
    endedAt: new Date().toISOString(),
  };
}

function costOf(cost: ResultDocument['environment']['cost']): string {
  return cost === null ? 'none' : `${cost.amount.toFixed(4)} ${cost.currency}`;
}
