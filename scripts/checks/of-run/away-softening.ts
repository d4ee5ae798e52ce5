import type { Analysis } from '../analysis/analyse.ts';
import type { Check, CheckFinding } from '../check.ts';

/** Errors that mean what they say whoever was away; the others are how a lost connection or server looks. */
const LOST = /^(08|57P0)/;
const OWN: ReadonlySet<string> = new Set(['serverPresence', 'leftovers']);

/**
 * What looks like a failure while a server or the tool was away is not known to be the plan's: inconclusive. Errors that
 * PostgreSQL itself gave for a statement stay what they are.
 */
export function softened(check: Check, found: CheckFinding, { away, steps }: Analysis): CheckFinding {
  if (found.status !== 'fail' || away.length === 0 || OWN.has(check.id)) return found;
  if (typeof found.sqlstate === 'string' && !LOST.test(found.sqlstate)) return found;
  const window = steps.find(({ run }) => run.planned.name === found.step)?.run.window;
  const touches =
    window == null || away.some(({ fromMs, toMs }) => fromMs <= window.toMs && toMs >= window.fromMs);
  if (!touches) return found;
  const message = `${found.message} It happened while a server or the rehearsal itself was away, so it is not known whose doing it was.`;
  return { ...found, status: 'inconclusive', message };
}
