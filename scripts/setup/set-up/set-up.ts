import { findEngine, type Engine, type EngineMissing } from '../../../infra/pulumi/engine/find-engine.ts';
import type { ensureSshd, Sshd, SshdMissing } from '../../../infra/targets/local/sshd/sshd.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { tryCommandPlugin } from '../engine/command-plugin.ts';
import { obtainEngine, type ObtainOptions } from '../engine/obtain.ts';

export interface SetUpOptions extends ObtainOptions {
  /** Is the stand-in for the plugin `command` enough, or is the official one to be tried first? */
  readonly acceptStandIn: boolean;
  /** Undefined where this system cannot have local hosts. */
  readonly ensureSshd: typeof ensureSshd | undefined;
}

export interface SetUp {
  readonly engine: Engine | EngineMissing;
  readonly sshd: Sshd | SshdMissing | null;
  /** Why the engine could not be had; one message for all of it. */
  readonly problem: RehearsalError | null;
}

/**
 * Gets what `pulumi up` and the local target need and is not here yet. Starts nothing and changes nothing when all is there.
 * @throws the signal's reason
 */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
  const { log, signal } = options;
  const problem = await problemOf(() => obtainEngine(options));
  signal.throwIfAborted();
  if (problem === null && !options.acceptStandIn) await officialPlugin(options);
  const sshd = (await options.ensureSshd?.({ log, signal })) ?? null;
  signal.throwIfAborted();
  return { engine: await findEngine(options.env), sshd, problem };
}

async function problemOf(work: () => Promise<void>): Promise<RehearsalError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof RehearsalError && error.code !== 'INTERRUPTED') return error;
    throw error;
  }
}

async function officialPlugin(options: SetUpOptions): Promise<void> {
  const engine = await findEngine(options.env);
  if (!('missing' in engine)) await tryCommandPlugin(engine, options);
}

/** Is everything there that this system can have? */
export function isReady({ engine, sshd }: SetUp): boolean {
  return !('missing' in engine) && engine.languageHost !== null && (sshd === null || !('missing' in sshd));
}
