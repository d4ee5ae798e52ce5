import type { OnEvent, RunEvent } from '../../engine/events.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { plural } from '../../shared/text/format.ts';
import { BlockPainter } from './block-painter.ts';
import type { CliContext } from '../context.ts';
import { plainText } from '../output/plain-text.ts';
import { renderBlock } from './progress-block.ts';
import { heartbeatLine, plainLine } from './progress-lines.ts';
import { applyEvent, initialState, type ProgressPlan, type ProgressState } from './progress-state.ts';
import { withoutSecrets } from '../output/without-secrets.ts';

const FRAME_MS = 100;
const HEARTBEAT_MS = 30_000;
const DEFAULT_ROWS = 24;

/** Shows a run while it goes on. `close` leaves the last state on the screen. */
export interface Progress {
  readonly onEvent: OnEvent;
  /** The run's id is known: `stamp` is what follows the rehearsal's name in it. */
  named(stamp: string): void;
  close(): void;
}

/** A block that is redrawn in place on a terminal, plain lines elsewhere, nothing after --quiet. */
export function startProgress(context: CliContext, plan: ProgressPlan): Progress {
  if (context.out.quiet) {
    return { onEvent: () => undefined, named: () => undefined, close: () => undefined };
  }
  const state = initialState(plan, monotonicMs());
  const progress = context.io.isTTY ? blockProgress(context, state) : lineProgress(context, state);
  return {
    ...progress,
    onEvent: (event) => {
      progress.onEvent(withoutSecrets(event));
    },
  };
}

function blockProgress({ io, out }: CliContext, initial: ProgressState): Progress {
  const size = () => io.windowSize?.() ?? { columns: io.columns, rows: DEFAULT_ROWS };
  const painter = new BlockPainter(io.stderr, () => size().columns);
  let state = initial;
  const paint = () => {
    const { columns, rows } = size();
    // The last column stays free: a terminal that has written there is about to wrap.
    const lines = renderBlock(state, monotonicMs(), {
      width: columns - 1,
      maxLines: rows - 1,
      color: out.colorErr,
    });
    painter.paint(lines);
  };
  const timer = setInterval(paint, FRAME_MS).unref();
  const release = out.printAboveWith((line) => {
    painter.printAbove(line);
  });
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    process.off('exit', close);
    paint();
    painter.close();
    release();
  };
  // Whatever ends the process, the cursor comes back.
  process.once('exit', close);
  paint();
  return {
    onEvent: (event: RunEvent) => {
      state = applyEvent(state, event, monotonicMs());
      if (event.type === 'note') out.note(plainText(event.message));
    },
    named: (runStamp) => {
      state = { ...state, runStamp };
    },
    close,
  };
}

function lineProgress({ out }: CliContext, initial: ProgressState): Progress {
  let state = initial;
  const say = (line: string | undefined) => {
    if (line !== undefined) out.note(`${new Date().toISOString().slice(11, 19)} ${line}`);
  };
  const beat = () => {
    say(heartbeatLine(state, monotonicMs()));
  };
  const startBeating = () => setInterval(beat, HEARTBEAT_MS).unref();
  let timer = startBeating();
  return {
    named: (stamp) => {
      say(`run ${state.rehearsal}-${stamp}: ${plural(state.steps.length, 'step')} on ${state.target}`);
    },
    onEvent: (event) => {
      state = applyEvent(state, event, monotonicMs());
      const line = plainLine(state, event);
      if (line === undefined) return;
      say(line);
      // Only silence needs a sign of life.
      clearInterval(timer);
      timer = startBeating();
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
