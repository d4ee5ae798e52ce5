import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { withoutForeign } from '../../../scripts/shared/descriptors.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { signalGroup } from '../../../scripts/shared/process-group.ts';
import { limitAfter } from '../../../scripts/shared/within.ts';

/** A value of a script's variable; a list becomes a bash array. */
export type Value = string | number | undefined | readonly string[];

interface ScriptEnd {
  readonly exitCode: number;
  readonly lines: readonly string[];
  /** The last thing that it complained about. */
  readonly complaint: string;
}

const texts = new Map<string, string>();

/** A file of scripts/, by its name without `.sh`. */
export function scriptText(name: string): string {
  let text = texts.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`./scripts/${name}.sh`, import.meta.url), 'utf8');
    texts.set(name, text);
  }
  return text;
}

/** Scripts one after the other, with their variables set before; undefined is the empty string. */
export function scriptWith(variables: Readonly<Record<string, Value>>, ...names: readonly string[]): string {
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return [...settings, ...names.map(scriptText)].join('\n');
}

function quote(value: Value): string {
  if (typeof value === 'object') return `(${value.map(quote).join(' ')})`;
  return `'${String(value ?? '').replaceAll("'", `'\\''`)}'`;
}

/** Is this process root, or may it become root without a password? */
export async function canBeRoot(): Promise<boolean> {
  if (process.getuid?.() === 0) return true;
  const { exitCode } = await execa('sudo', ['-n', 'true'], {
    reject: false,
    timeout: 5_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  return exitCode === 0;
}

/** The script's first words: by its process group it can be ended, also from under sudo and with all it has started. */
const SAY_GROUP = 'read -r _ _ _ _ group _ </proc/self/stat; echo "$group"; unset group';

/**
 * Runs a bash script as root to its end. The text goes over stdin, so secrets in it are on no command line. It runs in a
 * session of its own: Ctrl-C is for this process to handle, not for half a script.
 * @throws TIMED_OUT, TARGET_UNAVAILABLE without root, or the signal's reason (the script has ended then)
 */
export async function runAsRoot(
  script: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<ScriptEnd> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const [program, ...args] = process.getuid?.() === 0 ? ['bash', '-s'] : ['sudo', '-n', 'bash', '-s'];
  const running = execa(program, args, {
    input: `${SAY_GROUP}\n${script}\n`,
    reject: false,
    detached: true,
    cwd: '/',
    stdio: withoutForeign('pipe', 'pipe', 'pipe'),
  });
  let output = '';
  const limit = limitAfter(timeoutMs);
  const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const endings: Promise<void>[] = [];
  const onStop = (): void => {
    const [group = '', ...said] = output.split('\n');
    if (said.length === 0) running.kill();
    else if (endings.length === 0) {
      // Where not even that can be started, what was started goes with its parent at best.
      const ending = endGroup(Number(group)).catch(() => void running.kill());
      endings.push(ending);
    }
  };
  running.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    // Its first words may be read only after the stop, when it has already started others.
    if (stop.aborted) onStop();
  });
  stop.addEventListener('abort', onStop, { once: true });
  const end = await running.finally(() => {
    stop.removeEventListener('abort', onStop);
  });
  await Promise.all(endings);
  signal?.throwIfAborted();
  if (limit.aborted) {
    throw new RehearsalError('TIMED_OUT', `a script as root took longer than ${timeoutMs / 1000} s`, {
      hint: 'the machine may be overloaded; try again, and rehearse reap --execute removes what may have stayed',
    });
  }
  const [group = '', ...lines] = end.stdout.split('\n');
  const complaint = end.stderr.trim().split('\n').at(-1) ?? '';
  if (end.exitCode === undefined || group === '') {
    const why = complaint === '' ? (end.shortMessage ?? 'it was ended') : complaint;
    throw new RehearsalError('TARGET_UNAVAILABLE', `cannot run ${program} as root: ${why}`, {
      hint: 'run as root, or allow this user sudo without a password',
    });
  }
  return { exitCode: end.exitCode, lines: lines.filter((line) => line !== ''), complaint };
}

/** Returns when it has been told to; a group that has ended already is no error. */
async function endGroup(group: number): Promise<void> {
  if (process.getuid?.() === 0) {
    signalGroup(group, 'SIGKILL');
  } else {
    await execa('sudo', ['-n', 'kill', '-KILL', '--', `-${group}`], {
      reject: false,
      timeout: 5_000,
      stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    });
  }
}
