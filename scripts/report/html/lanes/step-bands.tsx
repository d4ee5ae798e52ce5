import { LINE, type Frame } from './chart-frame.ts';
import { round } from './drawing.ts';

/** The time of each step behind all lanes, with its number or name on top. */
export function StepBands({ frame }: { frame: Frame }) {
  const { latency, bottom } = frame;
  return (
    <>
      {frame.bands.map(({ phase, left, width }) => (
        <rect
          x={round(left)}
          y={latency.top}
          width={round(width)}
          height={bottom - latency.top}
          style={`fill:var(--${phase})`}
          class="band"
        />
      ))}
      {frame.bands.map(({ label, left, width, row, isCulprit }) =>
        label === null ? null : (
          <text
            x={round(left + width / 2)}
            y={latency.top - 6 - row * LINE}
            class={isCulprit ? 't s b' : 't s'}
            text-anchor="middle"
          >
            {label}
          </text>
        ),
      )}
    </>
  );
}
