/** One line of trace_pipe. */
export interface TraceLine {
  /** As PostgreSQL has it. */
  readonly pid: number;
  /** On CLOCK_MONOTONIC, as `monotonicMs`, to the microsecond. */
  readonly tMs: number;
  /** Name of the event within its group. */
  readonly event: string;
  /** As in `relation=16384`; signed decimals. */
  readonly fields: Readonly<Record<string, number>>;
}

// postgres-1234  [001] DNZff 4711.123456: wait: (0x55d0) backend=37 database=5 relation=16384
const LINE = /-\d+\s+\[\d+\]\s+\S*\s+(\d+\.\d+): (\w+):(.*)$/;

/** Undefined for what is not an event, such as the kernel's note about lost ones. */
export function parseTraceLine(line: string): TraceLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, seconds = '', event = '', rest = ''] = match;
  const { backend = 0, ...fields } = fieldsOf(rest);
  return { pid: backend, tMs: Number(seconds) * 1000, event, fields };
}

/** By hand: there are tens of thousands of lines a second where many sessions wait for one row. */
function fieldsOf(text: string): Record<string, number> {
  const fields: Record<string, number> = {};
  for (let at = text.indexOf('='), end = 0; at >= 0; at = text.indexOf('=', end)) {
    end = text.indexOf(' ', at);
    if (end < 0) end = text.length;
    fields[text.slice(text.lastIndexOf(' ', at) + 1, at)] = Number(text.slice(at + 1, end));
  }
  return fields;
}
