import type { Analysis } from '../analysis/analyse.ts';
import { diskStalls, stallText } from '../analysis/disk/disk-stalls.ts';
import { takenSeconds, takenText } from '../analysis/noise.ts';
import { NOT_ALONE } from '../../shared/text/not-alone.ts';
import { plural } from '../../shared/text/format.ts';

/** A second or two of others' work is everywhere; from this share of the run on it is told. */
const TOLD_SHARE = 0.1;

/** That others had the machine for a part of the run, or that nobody could see whether they had. Older runs recorded neither. */
export function noiseLimit({ evidence: { noise } }: Analysis): string[] {
  if (noise === undefined) return [];
  const unseen = noise.filter((record) => record.type === 'unseen');
  return [
    ...takenSeconds(noise)
      .filter(({ seconds, of }) => seconds > 0 && seconds >= of * TOLD_SHARE)
      .map(
        (taken) =>
          `${NOT_ALONE}in ${taken.seconds} of ${plural(taken.of, 'second')} ${takenText(taken)}, and next to nothing was idle. Durations and latencies are longer for that.`,
      ),
    ...diskStalls(noise).map((stall) => `${NOT_ALONE}${stallText(stall)}.`),
    ...unseen.map(
      ({ host, why }) => `Whether others took the processors of the ${host}'s host is not known: ${why}.`,
    ),
  ];
}
