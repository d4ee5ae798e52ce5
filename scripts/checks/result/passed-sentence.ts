import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { largest } from '../analysis/largest.ts';
import type { Result } from './contract/result.ts';
import { listed } from '../wording.ts';

export type PassFigures = Pick<Result, 'steps' | 'checks' | 'errors'>;

/** What a pass rests on, as one sentence: of several playings the worst of each figure. */
export function passedSentence(playings: readonly PassFigures[]): string {
  const most = (of: (result: PassFigures) => number): number => largest(playings.map(of));
  const measured = (id: string): number | null => {
    const all = playings.flatMap(({ checks }) => checks.find((check) => check.id === id)?.measured ?? []);
    return all.length === 0 ? null : largest(all);
  };
  const failed = most(({ steps }) => steps.reduce((sum, { victims }) => sum + victims.failed, 0));
  const own = most(({ errors }) => errors.reduce((sum, error) => sum + (error.own ? error.count : 0), 0));
  const delayed = most(({ steps }) => steps.reduce((sum, { victims }) => sum + victims.delayed, 0));
  const times: readonly (readonly [string, number | null])[] = [
    ['the longest stop of the app was', measured('lockWait')],
    ['the longest hold that stops it', measured('lockHold')],
    ['p99 stayed at or below', measured('p99')],
  ];
  const facts = [
    `${failed === 0 ? 'no request' : plural(failed, 'request')} failed${own === 0 ? '' : ` beside ${formatCount(own)} of the app’s own`}`,
    delayed === 0 ? 'none was delayed' : `${formatCount(delayed)} ${delayed === 1 ? 'was' : 'were'} delayed`,
    ...times.flatMap(([words, ms]) => (ms === null ? [] : [`${words} ${formatMs(ms)}`])),
  ];
  const count = most(({ steps }) => steps.filter(({ way }) => way === undefined).length);
  const goesBack = playings.some(({ steps }) => steps.some(({ way }) => way !== undefined));
  const all = `${count === 1 ? 'The only step' : `All ${formatCount(count)} steps`}${goesBack ? ' and the way back' : ''}`;
  const often = playings.length === 1 ? '' : `${goesBack ? ',' : ' each time,'} and at the worst`;
  return `${all} ran${often}: ${listed(facts, facts.length)}.`;
}
