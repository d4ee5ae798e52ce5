import { formatCount, formatMs, plural } from '../shared/format.ts';
import type { Analysis } from './analysis/analyse.ts';
import type { Result } from './result.ts';
import type { Judgement } from './run-checks.ts';
import { listed } from './wording.ts';

/** One failure fails the run; one thing that is not known makes it inconclusive. */
export function verdictOf({ evidence }: Analysis, { findings }: Judgement): Result['verdict'] {
  if (findings.some(({ finding }) => finding.status === 'fail')) return 'fail';
  const isUnknown = findings.some(({ finding }) => finding.status === 'inconclusive');
  return isUnknown || evidence.run.outcome !== 'completed' ? 'inconclusive' : 'pass';
}

/** The sentence under the verdict. */
export function headline(
  verdict: Result['verdict'],
  analysis: Analysis,
  { findings, checks }: Judgement,
): string {
  const [worst] = findings;
  switch (verdict) {
    case 'fail':
      return [worst?.finding.message, worst?.effect].filter((part) => part != null).join(' ');
    case 'inconclusive':
      return `This run cannot be judged. ${worst?.finding.message ?? 'It did not end in order.'}`;
    case 'pass':
      return passed(analysis, checks);
  }
}

function passed({ steps, failures }: Analysis, checks: Result['checks']): string {
  const measured = (id: string): number | null => checks.find((check) => check.id === id)?.measured ?? null;
  const failed = failures.reduce((sum, { step, rows }) => sum + (step === null ? 0 : rows.length), 0);
  const own = failures.reduce((sum, { own: isOwn, rows }) => sum + (isOwn ? rows.length : 0), 0);
  const delayed = steps.reduce((sum, { victims }) => sum + victims.delayed, 0);
  const wait = measured('lockWait');
  const hold = measured('lockHold');
  const p99Ms = measured('p99');
  const facts = [
    `${failed === 0 ? 'no request' : plural(failed, 'request')} failed${own === 0 ? '' : ` beside ${formatCount(own)} of the app’s own`}`,
    delayed === 0 ? 'none was delayed' : `${formatCount(delayed)} ${delayed === 1 ? 'was' : 'were'} delayed`,
    ...(wait === null ? [] : [`the longest wait for a lock was ${formatMs(wait)}`]),
    ...(hold === null ? [] : [`the longest hold ${formatMs(hold)}`]),
    ...(p99Ms === null ? [] : [`p99 stayed at or below ${formatMs(p99Ms)}`]),
  ];
  const all = steps.length === 1 ? 'The only step' : `All ${formatCount(steps.length)} steps`;
  return `${all} ran: ${listed(facts, facts.length)}.`;
}
