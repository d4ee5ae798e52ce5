/** Where text goes. */
export interface Sink {
  write(text: string): unknown;
}

/** Where signals come from: `process`, or an EventEmitter in a test. */
interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** The outside world as the command line sees it, so that a test can hand in its own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** The caller's folder; every path on the command line is relative to it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is stderr a terminal that can redraw? */
  readonly isTTY: boolean;
  /** Width of that terminal in characters. */
  readonly columns: number;
  /** Is stdout a terminal? Default: no. */
  readonly stdoutIsTTY?: boolean;
  /** The terminal's size now; people resize windows. Default: `columns` and plenty of rows. */
  readonly windowSize?: () => { columns: number; rows: number };
  /** What the caller types for this program, such as `npm run -s rehearse --`. Default: `rehearse`. */
  readonly program?: string;
  /** Without it nothing interrupts the command. */
  readonly signals?: SignalSource;
  /** Ends the process at once. */
  readonly exitNow?: (code: number) => void;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** The real process. A reader that goes away (`rehearse list | head -1`) must not end a run half-way. */
export function realIo(
  options: { cwd?: string; program?: string; exitNow: (code: number) => void },
  { stdout, stderr, env } = process,
): Io {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const windowSize = () => ({
    columns: stderr.columns || DEFAULT_COLUMNS,
    rows: stderr.rows || DEFAULT_ROWS,
  });
  return {
    stdout,
    stderr,
    env,
    cwd: options.cwd ?? process.cwd(),
    isTTY: stderr.isTTY && env['TERM'] !== 'dumb',
    columns: windowSize().columns,
    stdoutIsTTY: stdout.isTTY,
    windowSize,
    ...(options.program === undefined ? {} : { program: options.program }),
    signals: process,
    exitNow: options.exitNow,
  };
}
