import { Cleanup, type CleanupFailure } from '../scripts/shared/cleanup.ts';
import { monotonicMs, sleep, withTimeout } from '../scripts/shared/clock.ts';
import { DescriptorReserve } from '../scripts/shared/descriptors.ts';
import { asError } from '../scripts/shared/errors.ts';
import { settleStragglers, untilAborted } from '../scripts/shared/until-aborted.ts';
import { sweepRun } from './reap.ts';
import type {
  Environment,
  EnvironmentSpec,
  Leftover,
  RunningEnvironment,
  Target,
  Tell,
} from './contract/target.ts';

const DESTROY_TIMEOUT_MS = 60_000;
/** How long an aborted `use` may take to close what it opened before its servers go away. */
const UNWIND_MS = 3_000;
/** On a busy machine the kernel needs seconds to take trace events back. */
const STRAGGLERS_MS = 30_000;
/** A server's end reaches its clients before it reaches us; its reason is the better one. */
const SERVER_END_MS = 500;

export interface Lifecycle<T> {
  readonly use: PromiseSettledResult<T>;
  readonly createMs: number;
  readonly destroyMs: number;
  /** What the target still finds of this run; empty is the proof that nothing stayed, null that it could not look. */
  readonly leftovers: Leftover[] | null;
  /** Until when the environment was left up on purpose; null = it was destroyed. */
  readonly keptUntil: Date | null;
  readonly failures: CleanupFailure[];
}

export interface LifecycleOptions {
  readonly signal: AbortSignal;
  readonly onTeardown?: () => void;
  /** What people have to know of the tear-down, as lines. */
  readonly onNote?: Tell;
  /** Asked after a use that succeeded: until when to leave the environment up; without it, it is destroyed. */
  readonly keepUntil?: () => Date;
}

/**
 * Makes an environment, uses it, and destroys it on every way out. Never rejects: `use` tells how it went. When `signal`
 * or `environment.failed` aborts, `use` is rejected with that reason, whatever it was doing.
 */
export async function withEnvironment<T, R extends RunningEnvironment>(
  target: Target<R>,
  spec: EnvironmentSpec,
  use: (environment: R, createMs: number) => Promise<T>,
  options: LifecycleOptions,
): Promise<Lifecycle<T>> {
  const { signal, onTeardown, onNote, keepUntil } = options;
  const reserve = new DescriptorReserve();
  const cleanup = new Cleanup();
  const environment = target.environment(spec);
  cleanup.add(`environment of ${spec.runId}`, () => destroy(environment, target.removalMs, onNote));
  let createMs = 0;
  const [used] = await Promise.allSettled([
    (async () => {
      const startedMs = monotonicMs();
      const running = await untilAborted(() => environment.up(signal), signal, UNWIND_MS);
      createMs = monotonicMs() - startedMs;
      return useUntilFailed(running, () => use(running, createMs), signal);
    })(),
  ]);
  reserve.release();
  const failures: CleanupFailure[] = [];
  if (keepUntil && used.status === 'fulfilled') {
    const until = keepUntil();
    try {
      await keep(environment, until);
      return { use: used, createMs, destroyMs: 0, leftovers: [], keptUntil: until, failures };
    } catch (error) {
      failures.push({ label: `keeping the environment of ${spec.runId}`, error: asError(error) });
    }
  }
  onTeardown?.();
  const startedMs = monotonicMs();
  failures.push(...(await cleanup.run()));
  await settleStragglers(STRAGGLERS_MS).catch((error: unknown) => {
    onNote?.(`${asError(error).message}; rehearse reap finds what it leaves`);
  });
  const destroyMs = monotonicMs() - startedMs;
  const { found, unseen } = await sweepRun(target, spec.runId);
  for (const { why } of unseen)
    failures.push({ label: `looking for what is left of ${spec.runId}`, error: new Error(why) });
  const leftovers = found.length === 0 && unseen.length > 0 ? null : [...found];
  return { use: used, createMs, destroyMs, leftovers, keptUntil: null, failures };
}

async function useUntilFailed<T>(
  { failed }: RunningEnvironment,
  use: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await untilAborted(use, AbortSignal.any([signal, failed]), UNWIND_MS);
  } catch (error) {
    if (!signal.aborted) await sleep(SERVER_END_MS, AbortSignal.any([signal, failed])).catch(() => undefined);
    throw signal.aborted ? signal.reason : failed.aborted ? failed.reason : error;
  }
}

async function keep(environment: Environment, until: Date): Promise<void> {
  if (!environment.keep) throw new Error('an environment of this target ends with the run');
  await withTimeout(environment.keep(until), DESTROY_TIMEOUT_MS, 'keeping the environment');
}

/** Tries twice: what stood in the way, such as a process that took its time, may be gone by then. */
async function destroy(environment: Environment, limitMs = DESTROY_TIMEOUT_MS, onNote?: Tell): Promise<void> {
  const once = (): Promise<void> =>
    withTimeout(environment.destroy(onNote), limitMs, 'removing the environment');
  try {
    await once();
  } catch {
    await once();
  }
}
