import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { scriptKey } from '../analysis/traffic/latency.ts';
import type { SlowScript } from '../analysis/slower/slow-scripts.ts';

/** Of the requests over the budget that waited for no lock, so many must be the script's own. */
const OWN_SHARE = 0.2;

/**
 * The script whose own slowness brought the app over a budget in a step: most requests over it waited for no lock, and of all
 * scripts that stayed slower for a known reason it has the most of them. Undefined where there is none.
 */
export function slowBehind(
  { slow, evidence: { requests }, delayed }: Analysis,
  { run }: StepAnalysis,
  budgetMs: number,
): SlowScript | undefined {
  const caused = slow.filter(({ cause }) => cause !== null);
  if (requests === undefined || run.window === null || caused.length === 0) return undefined;
  const own = new Map(caused.map((script) => [script, 0]));
  let over = 0;
  let waited = 0;
  for (let row = 0; row < requests.count; row++) {
    const [intendedMs, endMs] = [requests.intendedMs[row] ?? 0, requests.endMs[row] ?? 0];
    if (intendedMs > Math.max(run.window.toMs, run.window.fromMs + 1000)) break;
    if (endMs < run.window.fromMs || endMs - intendedMs <= budgetMs) continue;
    over += 1;
    if (delayed?.waited.has(row) === true) waited += 1;
    for (const script of caused) {
      const isOwn =
        scriptKey(requests, row) === script.key && endMs >= script.fromMs && intendedMs <= script.toMs;
      if (isOwn) own.set(script, (own.get(script) ?? 0) + 1);
    }
  }
  const [most] = [...own].toSorted(([, a], [, b]) => b - a);
  if (most === undefined || waited > over / 2 || most[1] === 0) return undefined;
  return most[1] >= (over - waited) * OWN_SHARE ? most[0] : undefined;
}
