import pc from 'picocolors';
import { formatClock, formatMs } from '../../shared/text/format.ts';
import { displayWidth, padTo, truncate } from '../output/display-width.ts';
import { playingText } from './playing-text.ts';
import { plainText } from '../output/plain-text.ts';
import type { Item, ProgressState, StageItem, StepItem, Traffic } from './progress-state.ts';
import type { Colors } from '../output/output.ts';

const SPINNER = ['◐', '◓', '◑', '◒'];
const SPIN_MS = 250;
const STAGE_WIDTH = 14;
const PHASE_WIDTH = 11;
const LEAST_WIDTH = 20;
const NAME_WIDTH = { least: 12, most: 28 };
const MARK: Record<Exclude<Item['state'], 'running'>, string> = {
  pending: ' ',
  done: '✔',
  failed: '✘',
  skipped: '–',
  stopped: '■',
};

/** What stands in one line: a label, what is going on, and at the right edge a time. */
interface Line {
  readonly state: Item['state'];
  readonly label: string;
  readonly phase: string;
  readonly detail: string;
  readonly right: string;
}

/** Where the block is shown. */
interface Window {
  /** Columns; under 20 it is taken for 20. */
  readonly width: number;
  readonly maxLines?: number;
  readonly color: boolean;
}

/**
 * The block of lines that a terminal shows while a run goes on, as many and as wide as its window lets them be: where a long plan does not fit, the steps around the running one are shown.
 */
export function renderBlock(
  state: ProgressState,
  nowMs: number,
  { width: windowWidth, maxLines = Infinity, color }: Window,
): string[] {
  const width = Math.max(LEAST_WIDTH, windowWidth);
  const colors = pc.createColors(color);
  const paint = (line: Line) => paintLine(line, width, nowMs, colors);
  const stages = state.stages.filter(({ stage }) => stage !== 'teardown');
  const teardown = state.stages.filter(({ stage }) => stage === 'teardown');
  const { playing } = state;
  const around = 1 + (playing ? 1 : 0) + stages.length + teardown.length + (state.traffic ? 1 : 0);
  return [
    header(state, width, nowMs, colors),
    ...(playing ? [colors.bold(truncate(playingText(playing), width))] : []),
    ...stages.map((item) => paint(stageLine(item, nowMs))),
    ...stepLines(state.steps, nowMs, maxLines - around, paint),
    ...(state.traffic ? [colors.dim(truncate(trafficText(state.traffic), width))] : []),
    ...teardown.map((item) => paint(stageLine(item, nowMs))),
  ].slice(0, Math.max(1, maxLines));
}

function header(state: ProgressState, width: number, nowMs: number, { bold, dim }: Colors): string {
  const elapsed = formatClock(nowMs - state.startedMs).padStart(5, '0');
  const rest = [state.target, ...(state.runStamp === null ? [] : [state.runStamp])].join(' · ');
  const name = truncate(plainText(state.rehearsal), width);
  const left = truncate(` · ${rest}`, width - displayWidth(name));
  const gap = width - displayWidth(name) - displayWidth(left) - elapsed.length;
  return bold(name) + dim(left) + (gap > 0 ? ' '.repeat(gap) + elapsed : '');
}

function stageLine(item: StageItem, nowMs: number): Line {
  return { ...shared(item, nowMs), label: padTo(item.stage, STAGE_WIDTH), phase: '' };
}

function stepLines(
  steps: readonly StepItem[],
  nowMs: number,
  room: number,
  paint: (line: Line) => string,
): string[] {
  const longest = Math.max(0, ...steps.map(({ name }) => displayWidth(name) + 2));
  const nameWidth = Math.min(Math.max(longest, NAME_WIDTH.least), NAME_WIDTH.most);
  const digits = String(steps.length).length;
  const lines = steps.map((step) =>
    paint({
      ...shared(step, nowMs),
      label: `${String(step.index).padStart(digits)} ${padTo(plainText(step.name), nameWidth - 1)} `,
      phase: padTo(step.phase, PHASE_WIDTH),
    }),
  );
  if (lines.length <= room) return lines;
  const current = steps.findIndex(({ state }) => state === 'running' || state === 'pending');
  const shown = Math.max(1, room - 2);
  const centre = (current === -1 ? steps.length : current) - Math.floor(shown / 2);
  const first = Math.max(0, Math.min(centre, lines.length - shown));
  const after = lines.length - first - shown;
  return [
    first > 0 ? `  … ${first} before` : '',
    ...lines.slice(first, first + shown),
    after > 0 ? `  … ${after} more` : '',
  ].filter((line) => line !== '');
}

function shared(item: Item, nowMs: number): Pick<Line, 'state' | 'detail' | 'right'> {
  const told = item.state === 'running' || item.state === 'stopped';
  const fraction = item.fraction ?? 0;
  const percent = told && fraction >= 0.01 ? `${Math.floor(fraction * 100)} %  ` : '';
  return { state: item.state, detail: percent + plainText(item.detail), right: rightEdge(item, nowMs) };
}

/** While it runs: the ETA, else how long it has been going on. After it: how long it took. */
function rightEdge(item: Item, nowMs: number): string {
  if (item.startedMs === null || item.state === 'pending' || item.state === 'skipped') return '';
  if (item.endedMs !== null) return formatMs(item.endedMs - item.startedMs);
  if (item.etaMs !== null) return `ETA ${formatClock(item.etaMs)}`;
  return formatClock(nowMs - item.startedMs);
}

function paintLine(line: Line, width: number, nowMs: number, colors: Colors): string {
  const mark =
    line.state === 'running'
      ? (SPINNER[Math.floor(nowMs / SPIN_MS) % SPINNER.length] ?? '◐')
      : MARK[line.state];
  const label = truncate(line.label, width - 2);
  let room = width - 2 - displayWidth(label);
  const phase = truncate(line.phase, room);
  room -= displayWidth(phase);
  const right = room >= line.right.length + 12 ? line.right : '';
  const detail = truncate(line.detail.trimEnd(), room - (right === '' ? 0 : right.length + 2));
  const gap = right === '' ? '' : ' '.repeat(room - displayWidth(detail) - right.length);
  const dim = (text: string) => (text.trim() === '' ? text : colors.dim(text));
  const start = `${paintMark(mark, line.state, colors)} ${line.state === 'pending' ? dim(label) : label}`;
  const rest = line.state === 'failed' && detail !== '' ? colors.red(detail) : detail;
  return `${start}${dim(phase)}${rest}${gap}${dim(right)}`.trimEnd();
}

function paintMark(mark: string, state: Item['state'], { green, red, cyan, dim, yellow }: Colors): string {
  switch (state) {
    case 'done':
      return green(mark);
    case 'failed':
      return red(mark);
    case 'running':
      return cyan(mark);
    case 'skipped':
      return dim(mark);
    case 'stopped':
      return yellow(mark);
    case 'pending':
      return mark;
  }
}

/** `app  400/s  p50 3 ms  p99 19 ms  errors 0   standby lag 1.1 s` */
function trafficText({ ratePerSec, p50Ms, p99Ms, errors, standbyLagMs }: Traffic): string {
  const latency = (name: string, ms: number | null) => `${name} ${ms === null ? '–' : formatMs(ms)}`;
  const lag = standbyLagMs === null ? '' : `   standby lag ${formatMs(standbyLagMs)}`;
  const rate = Math.round(ratePerSec);
  return `app  ${rate}/s  ${latency('p50', p50Ms)}  ${latency('p99', p99Ms)}  errors ${errors}${lag}`;
}
