/** One line of trace_pipe. */
export interface TraceLine {
  readonly pid: number;
  /** On CLOCK_MONOTONIC, as `monotonicMs`, to the microsecond. */
  readonly tMs: number;
  /** Name of the event within its group. */
  readonly event: string;
  /** As in `relation=16384`; signed decimals. */
  readonly fields: Readonly<Record<string, number>>;
}

// postgres-1234  [001] DNZff 4711.123456: wait: (0x55d0) database=5 relation=16384
const LINE = /-(\d+)\s+\[\d+\]\s+\S*\s+(\d+\.\d+): (\w+):(.*)$/;
const FIELD = /(\w+)=(-?\d+)/g;

/** Undefined for what is not an event, such as the kernel's note about lost ones. */
export function parseTraceLine(line: string): TraceLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, pid = '', seconds = '', event = '', rest = ''] = match;
  const fields: Record<string, number> = {};
  for (const [, name = '', value] of rest.matchAll(FIELD)) fields[name] = Number(value);
  return { pid: Number(pid), tMs: Number(seconds) * 1000, event, fields };
}
