import type { RunEvent } from '../../engine/events.ts';
import { formatMs } from '../../shared/text/format.ts';
import { playingText } from './playing-text.ts';
import { plainText } from '../output/plain-text.ts';
import type { Item, ProgressState } from './progress-state.ts';

/** The line for a log that tells about `event`; undefined where nothing changed that is worth a line. */
export function plainLine(state: ProgressState, event: RunEvent): string | undefined {
  if (event.type === 'note') return plainText(event.message);
  if (event.type === 'playing') return playingText(event);
  if (event.type === 'traffic' || event.state === 'started' || event.state === 'progress') return undefined;
  const detail = listed(event.detail);
  if (event.type === 'stage') {
    const item = state.stages.find(({ stage }) => stage === event.stage);
    const failed = event.state === 'failed' ? 'failed' : '';
    return `${event.stage}: ${joined(failed, detail) || 'done'}${item ? tookText(item) : ''}`;
  }
  const place = `step ${event.index}/${state.steps.length} ${plainText(event.name)}`;
  return `${place}: ${joined(STEP_ENDING[event.state], detail)}`;
}

const STEP_ENDING = { done: 'ok', failed: 'failed', skipped: 'skipped' };

function tookText({ startedMs, endedMs }: Item): string {
  return startedMs === null || endedMs === null ? '' : ` (${formatMs(endedMs - startedMs)})`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** What is going on right now, for the heartbeat; undefined when nothing runs. */
export function heartbeatLine(state: ProgressState, nowMs: number): string | undefined {
  const step = state.steps.find((item) => item.state === 'running');
  if (step) {
    const place = `step ${step.index}/${state.steps.length} ${plainText(step.name)}`;
    return `${place}: ${[...figures(step, nowMs), ...appFigures(state, step)].join(', ')}`;
  }
  const stage = state.stages.find((item) => item.state === 'running');
  return stage && `${stage.stage}: ${figures(stage, nowMs).join(', ')}`;
}

function figures(item: Item, nowMs: number): string[] {
  const running = item.startedMs === null ? 0 : nowMs - item.startedMs;
  return [
    ...(item.fraction === null || item.fraction < 0.01 ? [] : [`${Math.floor(item.fraction * 100)} %`]),
    ...(item.detail === '' ? [] : [listed(item.detail)]),
    item.etaMs === null ? `running for ${formatMs(running)}` : `ETA ${formatMs(item.etaMs)}`,
  ];
}

function appFigures({ traffic }: ProgressState, { detail }: Item): string[] {
  if (traffic?.p99Ms == null || detail.includes('p99')) return [];
  return [`p99 ${formatMs(traffic.p99Ms)}`];
}

/** The terminal's columns as a sentence: two spaces or more become a comma. */
function listed(detail: string): string {
  return plainText(detail)
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll(/ {2,}/g, ', ');
}
