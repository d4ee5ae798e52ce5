import type { Result } from '../../checks/result.ts';
import { modeName, modeStrength, shortName } from '../facts.ts';
import { LEFT, RIGHT, round, type Frame } from './chart-frame.ts';

type LockBar = Result['timeline']['locks'][number];

const NARROWEST = 3;
/** From SHARE on a lock stops writes, and ACCESS EXCLUSIVE reads as well (PostgreSQL's manual, table 13.2). */
const STOPS_THE_APP = modeStrength('ShareLock');
const DEFAULT_LIMIT_MS = 500;

/** One bar for each lock: pale while it was waited for, full while it was held. */
export function LocksLane({ result, frame }: { result: Result; frame: Frame }) {
  const { top, bottom } = frame.locks;
  const limitMs = limit(result);
  const bars = [...result.timeline.locks].sort((a, b) => modeStrength(a.mode) - modeStrength(b.mode));
  return (
    <>
      <text x={LEFT - 6} y={bottom - 5} class="t" text-anchor="end">
        locks
      </text>
      {bars.map((bar) => {
        const from = frame.x(bar.fromMs);
        const waitFrom = frame.x(bar.waitFromMs);
        const width = Math.max(NARROWEST, frame.x(bar.toMs) - from);
        const tone = toneOf(bar, limitMs);
        return (
          <>
            {from - waitFrom > 0.5 && (
              <rect
                x={round(waitFrom)}
                y={top}
                width={round(from - waitFrom)}
                height={bottom - top}
                class={`lk wait ${tone}`}
              />
            )}
            <rect x={round(from)} y={top} width={round(width)} height={bottom - top} class={`lk ${tone}`}>
              <title>{`${bar.step}, statement ${bar.statement}: ${shortName(bar.relation)} ${modeName(bar.mode)}`}</title>
            </rect>
          </>
        );
      })}
      <Label bars={bars} frame={frame} limitMs={limitMs} />
    </>
  );
}

/** Names the lock that stopped the app longest, beside its bar. */
function Label({ bars, frame, limitMs }: { bars: readonly LockBar[]; frame: Frame; limitMs: number }) {
  const worst = bars
    .filter((bar) => toneOf(bar, limitMs) === 'red')
    .sort((a, b) => b.toMs - b.waitFromMs - (a.toMs - a.waitFromMs))[0];
  if (!worst) return null;
  const end = Math.max(frame.x(worst.toMs), frame.x(worst.fromMs) + NARROWEST);
  const leftwards = end > (LEFT + RIGHT) / 2;
  return (
    <text
      x={round(leftwards ? frame.x(worst.waitFromMs) - 6 : end + 6)}
      y={frame.locks.bottom - 5}
      class="t in halo"
      text-anchor={leftwards ? 'end' : 'start'}
    >
      {`${shortName(worst.relation)}: ${modeName(worst.mode)}`}
    </text>
  );
}

function toneOf(bar: LockBar, limitMs: number): 'red' | 'amber' | '' {
  if (modeStrength(bar.mode) < STOPS_THE_APP) return '';
  return bar.toMs - bar.waitFromMs > limitMs ? 'red' : 'amber';
}

function limit(result: Result): number {
  const budgets = result.checks
    .filter(({ id }) => id === 'lockWait' || id === 'lockHold')
    .flatMap(({ budget }) => (budget === null ? [] : [budget]));
  return budgets.length === 0 ? DEFAULT_LIMIT_MS : Math.min(...budgets);
}
