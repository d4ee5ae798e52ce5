import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleep } from '../../scripts/shared/clock.ts';

const ENTRY = fileURLToPath(new URL('../../scripts/setup/rehearse.mjs', import.meta.url));
const PATIENCE_MS = 90_000;

/** The command line as a process of its own, for what signals and deaths do to it. */
export class RehearseProcess {
  readonly #child: ChildProcess;
  stdout = '';
  stderr = '';

  /** On the target that every machine has, unless the arguments or `target` say otherwise. */
  constructor(
    argv: readonly string[],
    options: { cwd: string; tmp: string; target?: string; env?: Readonly<Record<string, string>> },
  ) {
    this.#child = spawn(process.execPath, [ENTRY, ...argv], {
      cwd: options.cwd,
      env: {
        ...process.env,
        TMPDIR: options.tmp,
        NO_COLOR: '1',
        REHEARSE_TARGET: options.target ?? 'embedded',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** As soon as the run is named. */
  async runId(): Promise<string> {
    await this.says(/run \S+: \d+ steps? on/);
    return /run (\S+): \d+ steps? on/.exec(this.stderr)?.[1] ?? '';
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until stderr matches. */
  async says(pattern: RegExp): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!pattern.test(this.stderr)) {
      if (this.#child.exitCode !== null)
        throw new Error(`it ended before it said ${pattern.source}:\n${this.stderr}`);
      if (Date.now() > until) throw new Error(`it never said ${pattern.source}:\n${this.stderr}`);
      await sleep(20);
    }
  }

  /** The exit code, or the name of the signal that ended it. */
  async end(): Promise<number | NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode ?? this.#child.signalCode;
  }
}

/** Runs it to its end. */
export async function rehearse(
  argv: readonly string[],
  options: { cwd: string; tmp: string; target?: string; env?: Readonly<Record<string, string>> },
): Promise<{ code: number | NodeJS.Signals | null; stdout: string; stderr: string }> {
  const running = new RehearseProcess(argv, options);
  const code = await running.end();
  return { code, stdout: running.stdout, stderr: running.stderr };
}
