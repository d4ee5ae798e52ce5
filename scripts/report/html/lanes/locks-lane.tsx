import { formatMs } from '../../../shared/text/format.ts';
import { modeName } from '../../../pg/lock-modes.ts';
import { shortName } from '../../facts/facts.ts';
import type { Frame } from './chart-frame.ts';
import { fitted, round, textWidth } from './drawing.ts';
import type { LockBar, LockRow, LockTone } from '../tables/lock-rows.ts';

const NARROWEST = 3;
const BETWEEN = 3;
const TONES: readonly LockTone[] = ['lets', 'writes', 'stops', 'over'];

/** A row a relation: each lock pale while it was waited for, full while it was held. */
export function LocksLane({ frame }: { frame: Frame }) {
  const { locks, lockRows, size } = frame;
  if (locks === null) return null;
  const height = (locks.bottom - locks.top) / lockRows.length;
  const worst = worstBar(lockRows);
  return (
    <>
      {lockRows.map((row, at) => {
        const top = locks.top + at * height;
        return (
          <>
            <text x={size.left - 6} y={round(top + height / 2 + 4)} class="t" text-anchor="end">
              {fitted(row.name, size.left - 10)}
              <title>{row.name}</title>
            </text>
            {row.bars.map(({ bar, tone }) => (
              <Bar bar={bar} tone={tone} top={top} height={height - BETWEEN} frame={frame} />
            ))}
            {row === worst?.row && (
              <BarLabel bar={worst.bar} row={row} top={top} height={height} frame={frame} />
            )}
          </>
        );
      })}
    </>
  );
}

interface BarProps {
  readonly bar: LockBar;
  readonly tone: LockTone;
  readonly top: number;
  readonly height: number;
  readonly frame: Frame;
}

function Bar({ bar, tone, top, height, frame }: BarProps) {
  const from = frame.x(bar.fromMs);
  const waitFrom = frame.x(bar.waitFromMs);
  // A wait that never got its lock has no hold to show.
  const held = bar.toMs > bar.fromMs ? Math.max(NARROWEST, frame.x(bar.toMs) - from) : 0;
  const waited = held === 0 ? Math.max(NARROWEST, from - waitFrom) : from - waitFrom;
  return (
    <g>
      <title>{`${bar.step}${bar.statement > 0 ? `, statement ${bar.statement}` : ''}: ${shortName(bar.relation)} ${spoken(bar)}`}</title>
      {waited > 0.5 && (
        <rect
          x={round(waitFrom)}
          y={round(top)}
          width={round(waited)}
          height={height}
          class={`lk wait ${tone}`}
        />
      )}
      {held > 0 && (
        <rect x={round(from)} y={round(top)} width={round(held)} height={height} class={`lk ${tone}`} />
      )}
    </g>
  );
}

/** `ACCESS EXCLUSIVE 2.19 s` */
function spoken({ mode, waitFromMs, fromMs, toMs }: LockBar): string {
  const waited = fromMs - waitFromMs >= 1 ? `waited ${formatMs(fromMs - waitFromMs)}` : '';
  const held = toMs > fromMs ? `held ${formatMs(toMs - fromMs)}` : '';
  return `${modeName(mode)}, ${[waited, held].filter((part) => part !== '').join(', ')}`;
}

/** The lock that hurts most: by what it stops, then by its length. */
function worstBar(rows: readonly LockRow[]): { row: LockRow; bar: LockBar } | undefined {
  const all = rows.flatMap((row) => row.bars.map(({ bar, tone }) => ({ row, bar, tone })));
  return all.toSorted(
    (a, b) =>
      TONES.indexOf(b.tone) - TONES.indexOf(a.tone) ||
      b.bar.toMs - b.bar.waitFromMs - (a.bar.toMs - a.bar.waitFromMs),
  )[0];
}

interface BarLabelProps {
  readonly bar: LockBar;
  readonly row: LockRow;
  readonly top: number;
  readonly height: number;
  readonly frame: Frame;
}

/** Beside its bar, on the side where no other bar lies; nowhere when both sides are taken. */
function BarLabel({ bar, row, top, height, frame }: BarLabelProps) {
  const { left, right } = frame.size;
  const ends = (one: LockBar): [number, number] => {
    const from = frame.x(one.waitFromMs);
    return [from, Math.max(from + NARROWEST, frame.x(one.toMs))];
  };
  const [from, to] = ends(bar);
  const full = spoken(bar);
  for (const text of [full, modeName(bar.mode)]) {
    const width = textWidth(text);
    for (const x of [to + 6, from - 6 - width]) {
      const isInside = x >= left && x + width <= right;
      const isFree = row.bars.every(({ bar: other }) => {
        const [start, end] = ends(other);
        return other === bar || end < x - 2 || start > x + width + 2;
      });
      if (!isInside || !isFree) continue;
      return (
        <text x={round(x)} y={round(top + height / 2 + 3)} class="t in">
          {text}
        </text>
      );
    }
  }
  return null;
}
