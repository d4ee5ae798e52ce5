import type { PulumiCommand } from '@pulumi/pulumi/automation/index.js';
import { runGroup, type Ending, type GroupLeader } from '../../scripts/shared/process-group.ts';
import type { Engine } from './engine/find-engine.ts';

/** What the CLI says at its end is enough for a message; a chatty run must not fill the memory. */
const KEPT_CHARACTERS = 1_000_000;

/** One SIGINT is a request to end well; a second would make the engine leave things behind. */
const ENDINGS: readonly Ending[] = [{ signal: 'SIGINT', to: 'leader' }];
const NEVER = new AbortController().signal;

interface EngineEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The API asks for a summary after each update. Nobody here reads it, and each question starts the CLI once more. */
const NO_HISTORY: EngineEnd = { stdout: '[]', stderr: '', code: 0 };

/** The CLI ended with an error; `stderr` and `stdout` tell why. */
export class EngineCommandError extends Error {
  readonly args: readonly string[];
  readonly end: EngineEnd;
  readonly killedBy: NodeJS.Signals | null;

  constructor(args: readonly string[], end: EngineEnd, killedBy: NodeJS.Signals | null) {
    super(`pulumi ${args[0] ?? ''} ended with ${killedBy ?? `exit code ${end.code}`}`);
    this.name = 'EngineCommandError';
    this.args = args;
    this.end = end;
    this.killedBy = killedBy;
  }
}

/**
 * Starts the CLI for the Automation API. Unlike the API's own way it gives each a process group (Ctrl-C in the terminal
 * reaches it through us only, and once), keeps only the end of a long output, and can end what hangs.
 */
export class EngineCommand {
  readonly command: string;
  readonly version: { toString(): string };
  readonly #running = new Set<GroupLeader>();

  constructor({ pulumi }: Pick<Engine, 'pulumi'>) {
    this.command = pulumi.path;
    this.version = { toString: () => pulumi.version };
  }

  /** As what the API takes it for: it calls `run` and asks for the version's text. */
  get asPulumiCommand(): PulumiCommand {
    return this as unknown as PulumiCommand;
  }

  async run(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<EngineEnd> {
    signal?.throwIfAborted();
    if (args[0] === 'stack' && args[1] === 'history') return NO_HISTORY;
    const start = {
      file: this.command,
      args: [...args, '--non-interactive'],
      cwd,
      env: cleanEnvironment(env),
    };
    const said = { stdout: () => '', stderr: () => '' };
    let running: GroupLeader | undefined;
    const onStart = (child: GroupLeader): void => {
      running = child;
      this.#running.add(child);
      said.stdout = collect(child.stdout, onOutput);
      said.stderr = collect(child.stderr, onError);
    };
    try {
      const { code, endedBy } = await runGroup(start, { stop: signal ?? NEVER, endings: ENDINGS, onStart });
      const end = { stdout: said.stdout(), stderr: said.stderr(), code: code ?? -1 };
      if (code !== 0) throw new EngineCommandError(args, end, endedBy);
      return end;
    } finally {
      if (running) this.#running.delete(running);
    }
  }

  /** Pids of those that run. */
  get pids(): number[] {
    return [...this.#running].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Ends those that still run, at once. */
  kill(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}

/** What the caller has set for Pulumi is for other projects; logins of clouds and backends stay. */
function cleanEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PULUMI_') || name === 'PULUMI_ACCESS_TOKEN',
  );
  return { ...Object.fromEntries(inherited), ...env, PULUMI_AUTOMATION_API: 'true' };
}

function collect(stream: NodeJS.ReadableStream, onText: ((text: string) => void) | undefined): () => string {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_CHARACTERS);
    onText?.(text);
  });
  return () => kept;
}
