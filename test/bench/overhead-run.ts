import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

const REHEARSE = join(OWN_ROOT, 'scripts/setup/rehearse.mjs');

/** What a run does one after the other; `plan` is no overhead. */
export const PARTS = [
  'read, choose, sweep',
  'environment',
  'snapshot',
  'load, probes',
  'plan',
  'load ends',
  'teardown',
  'judge, report, exit',
] as const;

export interface Overhead {
  /** In ms. */
  readonly parts: Readonly<Record<(typeof PARTS)[number], number>>;
  /** From the command to the first step. */
  readonly beforeMs: number;
  /** From the end of the last step to the end of the process. */
  readonly afterMs: number;
}

interface LogLine {
  readonly time: string;
  readonly event?: string;
  readonly stage?: string;
  readonly state?: string;
}

/** One run, by its own log and the moments at which its process began and ended. */
export async function overheadOf(dir: string, target: string, out: string): Promise<Overhead> {
  const beganMs = Date.now();
  const { stderr, exitCode } = await execa(
    process.execPath,
    [REHEARSE, 'run', dir, '--target', target, '--out', out],
    {
      reject: false,
    },
  );
  const endedMs = Date.now();
  const [name] = (await readdir(out)).filter((each) => each.startsWith('tiny-'));
  if (name === undefined) throw new Error(`the run ended with ${String(exitCode)}:\n${stderr}`);
  const lines = (await readFile(join(out, name, 'run.ndjson'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
  const at = (event: string, state: string, stage?: string): number => {
    const found = lines.findLast(
      (line) => line.event === event && line.state === state && line.stage === stage,
    );
    if (!found) throw new Error(`its log has no ${event} ${stage ?? ''} ${state}:\n${stderr}`);
    return Date.parse(found.time);
  };
  const moments = [
    beganMs,
    at('stage', 'started', 'environment'),
    at('stage', 'done', 'environment'),
    at('stage', 'done', 'snapshot'),
    at('step', 'started'),
    at('step', 'done'),
    at('stage', 'started', 'teardown'),
    at('stage', 'done', 'teardown'),
    endedMs,
  ];
  const lengths = PARTS.map((part, index) => [part, (moments[index + 1] ?? NaN) - (moments[index] ?? NaN)]);
  return {
    parts: Object.fromEntries(lengths) as Overhead['parts'],
    beforeMs: (moments[4] ?? NaN) - beganMs,
    afterMs: endedMs - (moments[5] ?? NaN),
  };
}

/** What a command takes, with all programs that it starts and waits for: its time and that of the processor. */
export async function startOf(
  args: readonly string[],
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  // bash's own `time` is the only one that is there on every system.
  const timed = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$0" "$@"', process.execPath, REHEARSE, ...args];
  const { stderr } = await execa('bash', timed, { cwd: OWN_ROOT, reject: false, env: { LC_ALL: 'C' } });
  const [real = NaN, user = NaN, system = NaN] = (stderr.split('\n').at(-1) ?? '').split(' ').map(Number);
  return { ms: real * 1000, cpuMs: (user + system) * 1000 };
}
