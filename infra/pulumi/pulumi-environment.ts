import { defined } from '../../scripts/plan/schema/defined.ts';
import { monotonicMs, sleep, withTimeout } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { planEnvironment, type EnvironmentPlan } from '../environment-plan.ts';
import { Keeper } from '../keeper.ts';
import type { HostTarget } from '../contract/hosts.ts';
import type { DriverEnvironment, Environment, EnvironmentSpec, Lender, Tell } from '../contract/target.ts';
import { hostClaimLine } from '../claims/host-claim.ts';
import { chosenBackend } from './chosen-backend.ts';
import { requireBackend } from './backend-answer.ts';
import { endEngineProcesses } from './engine-processes.ts';
import { findEngine, type Engine } from './engine/find-engine.ts';
import { watchHosts } from './watch-hosts.ts';
import { runningEnvironment, type EnvironmentFacts } from './running-environment.ts';
import { fillSessionFolder, sessionFolderOf, type SessionFolder } from './session-folder.ts';
import { removeFolder, requireHostsGone } from './session-leftovers.ts';
import { claimSession, readSession, writeSession, type SessionRecord } from './session-record.ts';
import { sessionSecrets } from './session-secrets.ts';
import { writeKnownHosts } from './ssh-files.ts';
import { TracerHere } from './tracer-here.ts';
import type { StackOptions, StackSession } from './stack-session.ts';
import type { HostOutput, StackOutputs } from '../environment-stack.ts';
import { writeLoan } from './lent/loan.ts';

/** An aborted `up` waits for commands on the hosts that run; they are short. */
const UNWIND_MS = 5_000;
const DESTROY_LIMIT_MS = 25_000;
const DESTROY_TRIES = 2;
const RETRY_PAUSE_MS = 500;

interface Planned {
  readonly spec: EnvironmentSpec;
  readonly plan: EnvironmentPlan;
}

interface PulumiEnvironmentOptions {
  /** A line for people on each thing that was made or removed. */
  readonly onProgress?: (line: string) => void;
}

/** One temporary environment as one stack, on the hosts of any target. */
export class PulumiEnvironment implements Environment<DriverEnvironment> {
  #spec: EnvironmentSpec;
  readonly #target: HostTarget;
  readonly #onProgress: (line: string) => void;
  readonly #destroyed = new AbortController();
  #folder: SessionFolder | undefined;
  #keeper: Keeper | undefined;
  #stack: StackSession | undefined;
  #tracer: TracerHere | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(spec: EnvironmentSpec, target: HostTarget, options: PulumiEnvironmentOptions = {}) {
    this.#spec = spec;
    this.#target = target;
    this.#onProgress = options.onProgress ?? (() => undefined);
  }

  /** Makes it, or finds it again when it is there. @throws ENGINE_NOT_FOUND, and what the engine, a host or a script says */
  async up(signal: AbortSignal): Promise<DriverEnvironment> {
    const both = AbortSignal.any([signal, this.#destroyed.signal]);
    both.throwIfAborted();
    const running = this.#up(both);
    this.#busy = running;
    return running;
  }

  async destroy(tell: Tell = () => undefined): Promise<void> {
    const { runId } = this.#spec;
    this.#destroyed.abort(new RehearsalError('INTERRUPTED', `the environment of ${runId} was removed`));
    const { unwindMs = UNWIND_MS } = this.#target.patience ?? {};
    await withTimeout(this.#busy, unwindMs, 'unwinding').catch(() => {
      this.#stack?.kill();
    });
    await withTimeout(this.#busy, unwindMs, 'unwinding').catch(() => undefined);
    await this.#tracer?.stop();
    const folder = this.#folder ?? (await sessionFolderOf(runId));
    const record = await readSession(folder);
    const { outlives } = this.#target;
    if (outlives) await this.#target.removeRun(runId);
    // Where hosts outlive the stack nothing is left of it by now but its own state, which goes with the folder or lies elsewhere.
    const hasMore = record?.stack === true && (!outlives || record.backend !== null);
    const failure = hasMore ? await this.#destroyStack(folder, record) : undefined;
    await endEngineProcesses(folder.path, unwindMs);
    if (!outlives) await this.#target.removeRun(runId);
    if (failure && record) await requireHostsGone(this.#target, { record, failure, tell });
    await removeFolder(folder);
    this.#keeper?.release();
  }

  async keep(until: Date): Promise<void> {
    const { runId } = this.#spec;
    await this.#target.keep(runId, until);
    const folder = this.#folder ?? (await sessionFolderOf(runId));
    const record = await readSession(folder);
    if (record) await writeSession(folder, { ...record, keptUntil: until.toISOString() });
    this.#keeper?.keep(until);
    this.#destroyed.abort(new RehearsalError('INTERRUPTED', `the environment of ${runId} was left up`));
  }

  async #up(signal: AbortSignal): Promise<DriverEnvironment> {
    const { runId, expiresAt } = this.#spec;
    const engine = await requireEngine();
    const folder = await sessionFolderOf(runId);
    this.#folder = folder;
    signal.throwIfAborted();
    const before = await readSession(folder);
    const backend = before ? before.backend : await chosenBackend();
    if (backend) await requireBackend(engine, backend, signal);
    const record = await claimSession(folder, { target: this.#target.name, expiresAt, backend });
    this.#keeper = Keeper.start(runId, folder.path);
    await fillSessionFolder(folder);
    const { StackSession } = await import('./stack-session.ts');
    signal.throwIfAborted();
    const stack = this.#session(StackSession, { folder, record, engine });
    this.#stack = stack;
    if (!record.stack) {
      // Written down first: from here on there may be a stack to remove.
      await writeSession(folder, { ...record, stack: true });
    }
    // Made by a controller that has died: its hosts have to outlive that, and to end with this one.
    if (wentOn(record)) await this.#target.adopt(runId, new Date(record.expiresAt), record.controller);
    const { spec, plan, hosts, created } = await this.#somewhere(stack, { folder, record }, signal);
    const price = await this.#target.priceElsewhere?.(spec, folder.software);
    await writeKnownHosts(folder, hosts);
    await this.#trace(plan, hosts);
    const failed = watchHosts(this.#target, hosts, this.#destroyed.signal);
    const facts = { target: this.#target, folder, created, engine, failed, hosts, price };
    const running = runningEnvironment({ ...facts, spec, plan });
    if (this.#target.outlives) return running;
    return { ...running, lender: this.#lender({ stack, record }, facts, running) };
  }

  #lender(
    { stack, record }: Pick<StackOptions, 'record'> & { readonly stack: StackSession },
    facts: Omit<EnvironmentFacts, keyof Planned>,
    first: DriverEnvironment,
  ): Lender {
    const { folder, hosts } = facts;
    let environment = first;
    const renewed = async (signal: AbortSignal): Promise<void> => {
      await this.#tracer?.stop();
      const planned = await this.#planned({ folder, record }, signal);
      await this.#made(stack, folder, planned, signal);
      await this.#trace(planned.plan, hosts);
      environment = runningEnvironment({ ...facts, ...planned });
    };
    return {
      renew: async ({ postgres, connections }, signal) => {
        const startedMs = monotonicMs();
        const { lap = 1, ...spec } = this.#spec;
        this.#spec = { ...spec, postgres, lap: lap + 1, ...defined({ connections }) };
        const renewing = renewed(AbortSignal.any([signal, this.#destroyed.signal]));
        this.#busy = renewing;
        await renewing;
        return monotonicMs() - startedMs;
      },
      lend: (lap, price) => writeLoan(folder, { lap, price, environment, hosts }),
    };
  }

  async #trace(plan: EnvironmentPlan, hosts: readonly HostOutput[]): Promise<void> {
    const { tracing } = this.#target;
    const primary = hosts.find(({ role }) => role === 'primary');
    if (typeof tracing !== 'function' || !primary) return;
    await this.#tracer?.stop();
    this.#tracer = TracerHere.start(plan, tracing(primary.identity));
  }

  /** Where hosts cannot be had in one place, nothing of them stays there, and all are made in the next. */
  async #somewhere(
    stack: StackSession,
    { folder, record }: Pick<StackOptions, 'folder' | 'record'>,
    signal: AbortSignal,
  ): Promise<Planned & StackOutputs> {
    for (;;) {
      const planned = await this.#planned({ folder, record }, signal);
      try {
        return await this.#made(stack, folder, planned, signal);
      } catch (error) {
        const tried = { failure: asError(error), signal };
        const told = await this.#target.elsewhere?.(this.#spec, folder.software, tried);
        if (told === undefined) throw error;
        this.#onProgress(told);
        await stack.destroy(this.#target.patience?.destroyMs ?? DESTROY_LIMIT_MS);
        await this.#target.removeRun(record.runId);
      }
    }
  }

  async #planned(
    { folder, record }: Pick<StackOptions, 'folder' | 'record'>,
    signal: AbortSignal,
  ): Promise<Planned> {
    const settled = await this.#target.settle?.(this.#spec, folder.software, signal);
    const spec = settled === undefined ? this.#spec : { ...this.#spec, hosts: settled };
    const plan = await this.#plan(folder, record, spec);
    signal.throwIfAborted();
    return { spec, plan };
  }

  /** Makes what is not there, and makes anew what differs. */
  async #made(
    stack: StackSession,
    { software }: SessionFolder,
    planned: Planned,
    signal: AbortSignal,
  ): Promise<Planned & StackOutputs> {
    const { environmentProgram } = await import('../environment-stack.ts');
    const program = environmentProgram(planned.plan, await this.#target.maker(software));
    return { ...planned, ...(await stack.up(program, signal)) };
  }

  #session(
    Session: typeof StackSession,
    stack: Pick<StackOptions, 'folder' | 'record' | 'engine'>,
  ): StackSession {
    return new Session({ ...stack, target: this.#target, onProgress: this.#onProgress });
  }

  async #plan(folder: SessionFolder, record: SessionRecord, spec: EnvironmentSpec): Promise<EnvironmentPlan> {
    const { postgres, driverBundle } = spec;
    const [software, secrets, bundle] = await Promise.all([
      this.#target.software(spec, folder.software),
      sessionSecrets(folder),
      bundleOf(driverBundle),
      postgres.standby ? makeStandbyTool(folder) : undefined,
    ]);
    return planEnvironment(spec, {
      ...secrets,
      software,
      bundle,
      target: this.#target,
      claim: await hostClaimLine(record),
      owner: { runId: record.runId, expiresAt: record.expiresAt, controller: record.maker },
      standby: postgres.standby ? { tool: folder.standbyTool } : null,
    });
  }

  /** Gives the last failure, if it failed each time: what the target still finds of the run is removed in any case. */
  async #destroyStack(folder: SessionFolder, record: SessionRecord): Promise<Error | undefined> {
    const engine = await findEngine();
    if ('missing' in engine) return new Error(engine.missing);
    const { StackSession } = await import('./stack-session.ts');
    let failure: Error | undefined;
    if (record.backend) {
      failure = await requireBackend(engine, record.backend).then(() => undefined, asError);
      if (failure) return failure;
    }
    for (let tries = 1; tries <= DESTROY_TRIES; tries++) {
      const stack = this.#stack ?? this.#session(StackSession, { folder, record, engine });
      try {
        await stack.destroy(this.#target.patience?.destroyMs ?? DESTROY_LIMIT_MS);
        return undefined;
      } catch (error) {
        failure = asError(error);
        await endEngineProcesses(folder.path, UNWIND_MS);
      }
      await sleep(RETRY_PAUSE_MS);
    }
    return failure;
  }
}

async function bundleOf(make: EnvironmentSpec['driverBundle']): Promise<string> {
  if (make) return make();
  throw new Error('an environment with a driver host needs the engine as one file');
}

async function makeStandbyTool(folder: SessionFolder): Promise<void> {
  const { bundleStandbyTool } = await import('../components/standby-tool/bundle.ts');
  await bundleStandbyTool(folder.standbyTool);
}

function wentOn({ maker, controller }: SessionRecord): boolean {
  return maker.pid !== controller.pid || maker.startTime !== controller.startTime;
}

async function requireEngine(): Promise<Engine> {
  const engine = await findEngine();
  if (!('missing' in engine)) return engine;
  throw new RehearsalError('ENGINE_NOT_FOUND', engine.missing, { hint: engine.remedy });
}
