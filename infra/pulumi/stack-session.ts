import { fileURLToPath } from 'node:url';
import { access, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LocalWorkspace,
  type EngineEvent,
  type InlineProgramArgs,
  type LocalWorkspaceOptions,
  type ProjectSettings,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { StackOutputs } from '../environment-stack.ts';
import { isDriver } from '../../scripts/plan/schema/driver-hosts.ts';
import type { HostRole, HostTarget } from '../contract/hosts.ts';
import { EngineCommand, EngineCommandError } from './engine-command.ts';
import { diagnosticOf, progressOf } from './engine-diagnostics.ts';
import type { EngineDiagnostic } from '../contract/diagnostic.ts';
import { engineFailure, stackLocked } from './engine-failure.ts';
import { SESSION_MARK } from './engine-processes.ts';
import type { Engine } from './engine/find-engine.ts';
import type { SessionFolder } from './session-folder.ts';
import type { SessionRecord } from './session-record.ts';
import { backendEnvironment } from './backend-answer.ts';
import { PROJECT } from './project-name.ts';
import { freeDeadLocks, stackLocks, type StackLock } from './stack-lock.ts';

const PLUGIN_DIR = fileURLToPath(new URL('../provider', import.meta.url));
/** All that a rehearsal has at once; more would only queue in the engine. */
const PARALLEL = 16;
const NO_STACK = /no stack named/;
const STACK_EXISTS = /already exists/;

const jumpSchema = z.object({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  hostKey: z.string(),
  login: z.object({ agent: z.string(), keyFile: z.string().nullable() }).exactOptional(),
});
const outputSchema = z.object({
  hosts: z.array(
    z.object({
      role: z.custom<HostRole>(
        (role) => ['primary', 'standby'].includes(String(role)) || isDriver(String(role)),
      ),
      address: z.string(),
      reach: jumpSchema.extend({ jump: jumpSchema.nullable() }),
      notes: z.array(z.string()),
      identity: z.string(),
    }),
  ),
  created: z.record(z.string(), z.int()),
});

export interface StackOptions {
  readonly folder: SessionFolder;
  readonly record: SessionRecord;
  readonly engine: Engine;
  readonly onProgress: (line: string) => void;
  /** Whose hosts they are. */
  readonly target: Pick<HostTarget, 'plugins' | 'explain'>;
}

/** The one stack of a run: made, brought up, taken down and removed by the Automation API. */
export class StackSession {
  readonly #options: StackOptions;
  readonly #command: EngineCommand;
  #stack: Stack | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#command = new EngineCommand(options.engine);
  }

  /**
   * Makes the stack where there is none, and then what the program says.
   * @throws what a provider or a script on a host said; ENGINE_FAILED, STACK_LOCKED, ENGINE_NOT_FOUND, or the signal's reason
   */
  async up(program: PulumiFn, signal: AbortSignal): Promise<StackOutputs> {
    await this.#requireUnlocked();
    const diagnostics: EngineDiagnostic[] = [];
    try {
      const stack = await this.#open(program);
      signal.throwIfAborted();
      const { outputs } = await stack.up({ ...this.#operation(diagnostics), signal });
      const valueOf = (name: string): unknown => outputs[name]?.value;
      return outputSchema.parse({ hosts: valueOf('hosts'), created: valueOf('created') });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw await this.#failure(error, diagnostics);
    }
  }

  /** Removes what the stack made, and where the backend is the user's, the stack. No stack is no error. @throws as `up` */
  async destroy(limitMs: number): Promise<void> {
    await this.#requireUnlocked();
    const diagnostics: EngineDiagnostic[] = [];
    const { backend } = this.#options.record;
    const work = async (): Promise<void> => {
      const stack = this.#stack ?? (await this.#select(nothing));
      await stack.destroy({
        ...this.#operation(diagnostics),
        continueOnError: true,
        remove: backend !== null,
      });
    };
    try {
      await withTimeout(work(), limitMs, 'pulumi destroy');
    } catch (error) {
      this.kill();
      if (isEnd(error, NO_STACK)) return;
      throw await this.#failure(error, diagnostics);
    }
  }

  /** Ends a CLI that still runs, at once. */
  kill(): void {
    this.#command.kill();
  }

  /** A lock of the dead is taken away; one of the living is an error. The user's backends free theirs by `pulumi cancel`. */
  async #requireUnlocked(): Promise<void> {
    const holder = await freeDeadLocks(await this.#locks());
    if (holder) throw stackLocked(holder.holder);
  }

  async #locks(): Promise<StackLock[]> {
    const { folder, record } = this.#options;
    const stateDir = record.backend?.url ?? `file://${folder.state}`;
    if (!stateDir.startsWith('file://')) return [];
    const path = stateDir.slice('file://'.length).replace(/^~(?=\/|$)/, process.env['HOME'] ?? '~');
    return stackLocks(path, PROJECT, record.runId);
  }

  async #open(program: PulumiFn): Promise<Stack> {
    await linkPlugins(this.#options.engine, this.#options.folder);
    const create = (): Promise<Stack> =>
      LocalWorkspace.createStack(this.#stackArgs(program), this.#workspace());
    const [first, otherwise, why] = this.#options.record.stack
      ? [() => this.#select(program), create, NO_STACK]
      : [create, () => this.#select(program), STACK_EXISTS];
    this.#stack = await first().catch((error: unknown) => {
      if (isEnd(error, why)) return otherwise();
      throw error;
    });
    return this.#stack;
  }

  #select(program: PulumiFn): Promise<Stack> {
    return LocalWorkspace.selectStack(this.#stackArgs(program), this.#workspace());
  }

  #stackArgs(program: PulumiFn): InlineProgramArgs {
    return { projectName: PROJECT, stackName: this.#options.record.runId, program };
  }

  #operation(diagnostics: EngineDiagnostic[]): {
    parallel: number;
    color: 'never';
    suppressOutputs: boolean;
    suppressProgress: boolean;
    onEvent: (event: EngineEvent) => void;
  } {
    const { onProgress } = this.#options;
    const onEvent = (event: EngineEvent): void => {
      const diagnostic = diagnosticOf(event);
      if (diagnostic) diagnostics.push(diagnostic);
      const line = progressOf(event);
      if (line !== undefined) onProgress(line);
    };
    return { parallel: PARALLEL, color: 'never', suppressOutputs: true, suppressProgress: true, onEvent };
  }

  #workspace(): LocalWorkspaceOptions {
    const { folder, record, engine, target } = this.#options;
    const { backend } = record;
    // `plugins` is missing from the API's type, not from Pulumi.yaml.
    const settings: ProjectSettings & { plugins: object } = {
      name: PROJECT,
      runtime: 'nodejs',
      description: `Temporary hosts of ${record.runId}`,
      plugins: { providers: [{ name: 'rehearsal', path: PLUGIN_DIR }, ...(target.plugins ?? [])] },
    };
    return {
      workDir: folder.work,
      pulumiHome: folder.home,
      projectSettings: settings,
      secretsProvider: 'passphrase',
      pulumiCommand: this.#command.asPulumiCommand,
      envVars: {
        ...engine.env,
        PULUMI_HOME: folder.home,
        ...(backend === null
          ? { PULUMI_BACKEND_URL: `file://${folder.state}` }
          : backendEnvironment(backend)),
        PULUMI_CONFIG_PASSPHRASE_FILE: folder.passphrase,
        PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
        [SESSION_MARK]: folder.path,
      },
    };
  }

  async #failure(error: unknown, diagnostics: readonly EngineDiagnostic[]): Promise<unknown> {
    if (error instanceof RehearsalError) return error;
    if (!(error instanceof EngineCommandError)) return error;
    const [lock] = await this.#locks();
    const { stdout, stderr } = error.end;
    const output = [stdout, stderr].join('\n');
    const { explain } = this.#options.target;
    return engineFailure({ output, killedBy: error.killedBy, diagnostics, lockedBy: lock?.holder, explain });
  }
}

function isEnd(error: unknown, saying: RegExp): boolean {
  return error instanceof EngineCommandError && saying.test(error.end.stderr);
}

/** The engine's own home fills with notes on each project; the run's is dropped with it, and only borrows the plugins. */
async function linkPlugins(engine: Engine, folder: SessionFolder): Promise<void> {
  const plugins = join(engine.home, 'plugins');
  try {
    await access(plugins);
    await symlink(plugins, join(folder.home, 'plugins'));
  } catch {
    return; // none are installed, or the link is there
  }
}

/** For everything that needs no program: the engine does not run it. */
const nothing: PulumiFn = () => Promise.resolve();
