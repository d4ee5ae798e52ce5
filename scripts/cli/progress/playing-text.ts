import type { RunEvent } from '../../engine/events.ts';
import { plainText } from '../output/plain-text.ts';

/** `playing 3 of 20: long-reader, time 2` */
export function playingText({
  index,
  of,
  scenario,
  repetition,
}: Extract<RunEvent, { type: 'playing' }>): string {
  const time = repetition === 1 ? '' : `, time ${repetition}`;
  return `playing ${index} of ${of}: ${plainText(scenario)}${time}`;
}
