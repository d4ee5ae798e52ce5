import type { Analysis } from '../analysis/analyse.ts';
import { passedSentence, type PassFigures } from './passed-sentence.ts';
import type { Result } from './contract/result.ts';
import type { Judgement } from '../run-checks.ts';

/** One failure fails the run; one thing that is not known makes it inconclusive. */
export function verdictOf({ evidence }: Analysis, { findings }: Judgement): Result['verdict'] {
  if (findings.some(({ finding }) => finding.status === 'fail')) return 'fail';
  const isUnknown = findings.some(({ finding }) => finding.status === 'inconclusive');
  return isUnknown || evidence.run.outcome !== 'completed' ? 'inconclusive' : 'pass';
}

/** The sentence under the verdict. */
export function headline(verdict: Result['verdict'], { findings }: Judgement, figures: PassFigures): string {
  const [worst] = findings;
  switch (verdict) {
    case 'fail':
      return [worst?.finding.message, worst?.effect].filter((part) => part != null).join(' ');
    case 'inconclusive':
      return `This run cannot be judged. ${worst?.finding.message ?? 'It did not end in order.'}`;
    case 'pass':
      return passedSentence([figures]);
  }
}
