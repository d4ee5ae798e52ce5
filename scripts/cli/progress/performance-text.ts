import type { RunEvent } from '../../engine/events.ts';
import { plainText } from '../output/plain-text.ts';

/** `performance 3 of 20: long-reader, time 2` */
export function performanceText({
  index,
  of,
  scenario,
  repetition,
}: Extract<RunEvent, { type: 'performance' }>): string {
  const time = repetition === 1 ? '' : `, time ${repetition}`;
  return `performance ${index} of ${of}: ${plainText(scenario)}${time}`;
}
