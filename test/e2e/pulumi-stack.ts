import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findEngine } from '../../infra/pulumi/engine/find-engine.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import type { TinyRehearsal } from '../support/tiny-rehearsal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 100_000;

interface Said {
  readonly code: number | null;
  readonly output: string;
}

/** How often a run may be inconclusive. */
const UPS = 3;

/** A stack of this project for one tiny rehearsal, with its state and its settings in that rehearsal's folder. */
export class PulumiStack {
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #tiny: TinyRehearsal;

  private constructor(dir: string, env: NodeJS.ProcessEnv, tiny: TinyRehearsal) {
    this.#dir = dir;
    this.#env = env;
    this.#tiny = tiny;
  }

  static async create(tiny: TinyRehearsal, target = 'embedded'): Promise<PulumiStack> {
    const engine = await findEngine();
    if ('missing' in engine) throw new Error(engine.missing);
    const dir = join(tiny.dir, 'stack');
    for (const name of ['state', 'home']) await mkdir(join(dir, name), { recursive: true });
    const project = await readFile(join(ROOT, 'Pulumi.yaml'), 'utf8');
    await writeFile(join(dir, 'Pulumi.yaml'), project.replaceAll('infra/', `${ROOT}infra/`));
    const env = {
      ...process.env,
      ...engine.env,
      NO_COLOR: '1',
      TMPDIR: tiny.tmp,
      PULUMI_HOME: join(dir, 'home'),
      PULUMI_BACKEND_URL: `file://${join(dir, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'tiny',
    };
    const stack = new PulumiStack(dir, env, tiny);
    await stack.run('stack', 'init', 'dev');
    await stack.set('rehearsals', tiny.dir);
    await stack.set('target', target);
    await stack.set('out', join(tiny.dir, 'runs'));
    return stack;
  }

  async set(key: string, value: string): Promise<void> {
    const { code, output } = await this.run('config', 'set', key, value);
    if (code !== 0) throw new Error(output);
  }

  start(...args: readonly string[]): PulumiProcess {
    return new PulumiProcess(args, { cwd: this.#dir, env: this.#env });
  }

  async run(...args: readonly string[]): Promise<Said> {
    const running = this.start(...args);
    return { code: await running.end(), output: running.output };
  }

  /** `up` until the rehearsal is judged: a busy machine makes a run inconclusive, and says so. */
  async upJudged(): Promise<Said> {
    const up = (): Promise<Said> => this.run('up', '--yes', '--skip-preview');
    let said = await up();
    for (let tries = 1; tries < UPS && said.output.includes('INCONCLUSIVE'); tries++) said = await up();
    return said;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { output } = await this.run('stack', 'output', '--json');
    return JSON.parse(output.slice(output.indexOf('{'))) as Record<string, unknown>;
  }

  /** kill -9 of the CLI, its plugins, the program and the rehearsal at once; PostgreSQL's servers live on. */
  killTree(): void {
    for (const pid of this.#pids()) process.kill(pid, 'SIGKILL');
  }

  /** What is left of the rehearsals, as sentences. */
  async left(): Promise<string[]> {
    const folders = await this.#tiny.leftFolders();
    return [
      ...this.#tiny.processes().map((pid) => `process ${pid}`),
      ...this.#pids().map((pid) => `process ${pid} of the engine`),
      ...folders.filter((name) => !name.startsWith('pulumi')).map((name) => `folder ${name}`),
    ];
  }

  /** Waits for that; what a killed engine leaves goes by itself. */
  async nothingLeft(): Promise<void> {
    const limit = Date.now() + PATIENCE_MS;
    for (let left = await this.left(); left.length > 0; left = await this.left()) {
      if (Date.now() > limit) throw new Error(`still there: ${left.join('; ')}`);
      await sleep(50);
    }
  }

  #pids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8')
            .split('\0')
            .includes(`TMPDIR=${this.#tiny.tmp}`);
        } catch {
          return false;
        }
      })
      .map(Number);
  }
}

/** One command of the CLI. */
class PulumiProcess {
  output = '';
  readonly #child: ChildProcess;

  constructor(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.#child = spawn('pulumi', args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async says(pattern: RegExp): Promise<void> {
    const limit = Date.now() + PATIENCE_MS;
    while (!pattern.test(this.output)) {
      if (this.#child.exitCode !== null)
        throw new Error(`it ended without ${pattern.source}:\n${this.output}`);
      if (Date.now() > limit) throw new Error(`it never said ${pattern.source}:\n${this.output}`);
      await sleep(20);
    }
  }

  /** As soon as the rehearsal is named. */
  async runId(): Promise<string> {
    const named = /run (\S+): \d+ steps? on/;
    await this.says(named);
    return named.exec(this.output)?.[1] ?? '';
  }

  async end(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }
}
