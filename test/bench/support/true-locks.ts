import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { programSymbols } from '../../../scripts/tracing/elf-symbols.ts';
import { localServer } from '../../../scripts/tracing/local-server.ts';
import { openTracefs } from '../../../scripts/tracing/tracefs.ts';
import { TraceInstance } from '../../../scripts/tracing/trace-instance.ts';

/*
 * What the benches hold for true: uprobes in a trace buffer of their own, with events and pairing of their own, on the clock
 * of `monotonicMs`. Only the plumbing (finding functions in the program, opening the buffer) is shared with the product.
 *
 * A hold of ACCESS EXCLUSIVE begins when LockAcquireExtended is entered for it, or, where the backend had to sleep for the
 * lock, when ProcSleep returns; both are a few microseconds from the grant. It ends when LockReleaseAll returns.
 */

const FUNCTIONS = ['LockAcquireExtended', 'ProcSleep', 'LockErrorCleanup', 'LockReleaseAll'];
const ARGUMENTS = { 'x86-64': { first: '%di', second: '%si' }, arm64: { first: '%x0', second: '%x1' } };
const ACCESS_EXCLUSIVE = 8;
const READ_EVERY_MS = 50;
/** The kernel hands over what happened a moment ago. */
const LATE_MS = 200;

export interface TrueSpan {
  readonly pid: number;
  readonly relation: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TrueLocks {
  /** Of ACCESS EXCLUSIVE on relations, in order of their end. */
  readonly holds: readonly TrueSpan[];
  /** For locks on relations, of every backend. */
  readonly waits: readonly TrueSpan[];
}

export class TrueLockTrace {
  readonly #instance: TraceInstance;
  readonly #closeTracefs: () => Promise<void>;
  readonly #text: string[] = [];
  readonly #reading: NodeJS.Timeout;

  private constructor(instance: TraceInstance, closeTracefs: () => Promise<void>) {
    this.#instance = instance;
    this.#closeTracefs = closeTracefs;
    this.#reading = setInterval(() => {
      this.#text.push(...instance.lines(Infinity).lines);
    }, READ_EVERY_MS);
  }

  /** @throws Error saying why nothing can be known for true here */
  static async start(endpoint: PgEndpoint): Promise<TrueLockTrace> {
    const { binary } = await withConnection(endpoint, 'setup', localServer);
    const { architecture, offsets } = await programSymbols(binary, FUNCTIONS);
    const { first, second } = ARGUMENTS[architecture];
    const at = (name: string): string => {
      const offset = offsets.get(name);
      if (offset === undefined) throw new Error(`${binary} does not export ${name}`);
      return `${binary}:0x${offset.toString(16)}`;
    };
    const tag = (mode: string): string => `rel=+4(${first}):u32 type=+14(${first}):u8 mode=${mode}:s32`;
    const tracefs = await openTracefs();
    try {
      const instance = await TraceInstance.open(tracefs.path, (group) => {
        return new Map([
          ['take', `p:${group}/take ${at('LockAcquireExtended')} ${tag(second)}`],
          ['sleep', `p:${group}/sleep ${at('ProcSleep')} ${tag(`+16(${first})`)}`],
          ['woke', `r:${group}/woke ${at('ProcSleep')}`],
          ['gave_up', `p:${group}/gave_up ${at('LockErrorCleanup')}`],
          ['free', `r:${group}/free ${at('LockReleaseAll')}`],
        ]);
      });
      await instance.filter('take', `mode == ${ACCESS_EXCLUSIVE} && type == 0`);
      for (const event of ['take', 'sleep', 'woke', 'gave_up', 'free']) await instance.enable(event, true);
      return new TrueLockTrace(instance, () => tracefs.close());
    } catch (error) {
      await tracefs.close();
      throw error;
    }
  }

  /** Ends the tracing. @throws when the kernel lost events: then there is no truth */
  async stop(): Promise<TrueLocks> {
    await sleep(LATE_MS);
    clearInterval(this.#reading);
    this.#text.push(...this.#instance.lines(Infinity).lines);
    const lost = await this.#instance.lost();
    await this.#instance.close();
    await this.#closeTracefs();
    if (lost > 0) throw new Error(`the kernel lost ${lost} events`);
    return trueLocks(this.#text);
  }
}

const EVENT = /-(\d+) +\[\d+\] +\S+ +([\d.]+): (\w+): \(.*?\)(?: rel=(\d+) type=(\d+) mode=(\d+))?/;

/** Joins the lines of the trace. */
export function trueLocks(lines: readonly string[]): TrueLocks {
  const holds: TrueSpan[] = [];
  const waits: TrueSpan[] = [];
  const asleep = new Map<number, { relation: number; type: number; fromMs: number }>();
  const held = new Map<number, Map<number, number>>();
  for (const line of lines) {
    const [, process, seconds, event, rel, type] = EVENT.exec(line) ?? [];
    if (event === undefined) continue;
    const pid = Number(process);
    const tMs = Number(seconds) * 1000;
    const relation = Number(rel);
    const own = held.get(pid) ?? new Map<number, number>();
    const slept = asleep.get(pid);
    if (event === 'take') held.set(pid, own.has(relation) ? own : own.set(relation, tMs));
    else if (event === 'sleep') asleep.set(pid, { relation, type: Number(type), fromMs: tMs });
    else if (event === 'free') {
      for (const [of, fromMs] of own) holds.push({ pid, relation: of, fromMs, toMs: tMs });
      held.delete(pid);
    } else if (slept !== undefined) {
      asleep.delete(pid);
      if (slept.type === 0) waits.push({ pid, relation: slept.relation, fromMs: slept.fromMs, toMs: tMs });
      if (event === 'woke' && own.has(slept.relation)) own.set(slept.relation, tMs);
    }
  }
  return { holds, waits };
}
