import { withEnvironment, type Lifecycle } from '../../../infra/lifecycle.ts';
import type {
  EnvironmentSpec,
  HourlyPrice,
  RunningEnvironment,
  Target,
} from '../../../infra/contract/target.ts';
import type { OnEvent } from '../../engine/events.ts';
import { newRunId } from '../../artifacts/run-id.ts';
import { billedAmount } from '../../checks/result/environment-result.ts';
import type { NightOutcome } from '../../nightly/outcome.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { asError, EXIT, exitCodeFor, RehearsalError } from '../../shared/errors.ts';
import { formatMs, plural } from '../../shared/text/format.ts';
import { limitAfter } from '../../shared/within.ts';
import type { CliContext } from '../context.ts';
import { environmentSpec } from '../run/environment-spec.ts';
import { askedOf, costingWhereItIs } from '../run/rented.ts';
import type { Chosen } from './choose-rehearsals.ts';
import { playOne, type NightOptions } from './play-one.ts';

/** Its hosts are as those of all others of its batch. */
export interface Member {
  readonly chosen: Chosen;
  readonly rehearsal: Rehearsal;
  readonly target: Target;
}

/** A run whose hosts have gone sees that for itself, and saves what it has. */
const NOTICE_MS = 20_000;
/** What follows is not begun where it would probably be cut off by the expiry. */
const ROOM = 1.5;
const LEAST_ROOM_MS = 60_000;

/**
 * Rehearsals on the same hosts, one after the other, each a process of its own on servers of its own. Where the hosts are lost, or
 * would expire too soon, the rest gets new ones; where those cannot be had, that is their outcome. Never rejects, and nothing is up
 * when it returns.
 * @returns in the order of `members`; undefined for what was not started when the signal aborted
 */
export async function playBatch(
  members: readonly Member[],
  night: NightOptions,
  context: CliContext,
  signal: AbortSignal,
): Promise<(NightOutcome | undefined)[]> {
  const outcomes: NightOutcome[] = [];
  while (outcomes.length < members.length && !isOver(signal)) {
    const rest = members.slice(outcomes.length);
    const batch = new Batch(rest, night, context);
    const failure = await batch.play(signal).then((why) => why, asError);
    outcomes.push(...batch.played);
    if (isOver(signal) || outcomes.length === members.length) break;
    const left = plural(members.length - outcomes.length, 'rehearsal');
    if (batch.played.length > 0) {
      context.out.note(`${batch.id}: ${failure?.message ?? 'over'}; new hosts for ${left}`);
      continue;
    }
    outcomes.push(...rest.map((member) => notPlayed(member, failure)));
  }
  return members.map((_, position) => outcomes[position]);
}

function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}

function notPlayed({ chosen }: Member, failure: Error | undefined): NightOutcome {
  const error = failure ?? new Error('the hosts were not made');
  return {
    rehearsal: chosen.name,
    wasStarted: true,
    exitCode: exitCodeFor(error),
    durationMs: 0,
    runId: null,
    headline: error.message.split('\n')[0] ?? '',
    regressions: 0,
  };
}

/** One environment, and what is rehearsed on it. */
class Batch {
  readonly id = newRunId('batch');
  readonly played: NightOutcome[] = [];
  readonly #members: readonly Member[];
  readonly #night: NightOptions;
  readonly #context: CliContext;
  #running: Promise<void> = Promise.resolve();
  readonly #onEvent: OnEvent = (event) => {
    if (event.type === 'note') this.#note(event.message);
  };

  constructor(members: readonly Member[], night: NightOptions, context: CliContext) {
    this.#members = members;
    this.#night = night;
    this.#context = context;
  }

  /** @returns why not all of them were played; undefined = they were. @throws what is said before anything is made */
  async play(signal: AbortSignal): Promise<Error | undefined> {
    const [first] = this.#members;
    if (first === undefined) return undefined;
    const { target, rehearsal } = first;
    const spec = environmentSpec(this.id, rehearsal, target, this.#onEvent);
    let asked = await askedOf(target, spec, rehearsal, this.#onEvent);
    const startedMs = Date.now();
    this.#note(`making hosts on ${target.name} for ${plural(this.#members.length, 'rehearsal')}`);
    const use = (environment: RunningEnvironment, bootMs: number): Promise<void> => {
      asked = costingWhereItIs(asked, environment, this.#onEvent);
      return this.#playAll(environment, { bootMs, spec, price: asked.price, signal });
    };
    const lifecycle = await withEnvironment(target, spec, use, {
      signal,
      onNote: (line) => {
        this.#note(line);
      },
    });
    // It may be saving what it has: its hosts it has no more.
    await this.#running;
    this.#tellEnd(lifecycle, asked.price, Date.now() - startedMs);
    return lifecycle.use.status === 'rejected' ? asError(lifecycle.use.reason) : undefined;
  }

  async #playAll(environment: RunningEnvironment, shared: SharedHosts): Promise<void> {
    const lender = environment.engine === 'driver' ? environment.lender : undefined;
    if (!lender) throw new TypeError('these hosts are for one rehearsal');
    const { bootMs, spec, price, signal } = shared;
    const stop = AbortSignal.any([signal, environment.failed]);
    const until = AbortSignal.any([signal, noticed(environment.failed)]);
    const roles = environment.hostInfo.map(({ role }) => role).join(', ');
    this.#note(`${plural(environment.hosts, 'host')} (${roles}) made in ${formatMs(bootMs)}`);
    let longestMs = 0;
    for (const [index, { chosen, rehearsal, target }] of this.#members.entries()) {
      stop.throwIfAborted();
      if (index > 0) requireRoom(spec, longestMs);
      const asked = environmentSpec(this.id, rehearsal, target, this.#onEvent);
      const freshMs = index === 0 ? 0 : await lender.renew(asked, stop);
      if (index > 0) this.#note(`fresh servers for ${chosen.shown} in ${formatMs(freshMs)}`);
      const lap = { id: this.id, position: index + 1, of: this.#members.length };
      await lender.lend({ ...lap, bootMs, freshMs, until: spec.expiresAt }, price);
      stop.throwIfAborted();
      this.#running = this.#playOne(chosen, lap, until);
      await this.#running;
      longestMs = Math.max(longestMs, this.played.at(-1)?.durationMs ?? 0);
    }
  }

  async #playOne(
    chosen: Chosen,
    lap: NonNullable<NightOutcome['shared']>,
    until: AbortSignal,
  ): Promise<void> {
    const night = { ...this.#night, args: [...this.#night.args, '--environment', this.id] };
    this.played.push({ ...(await playOne(chosen, night, this.#context, until)), shared: lap });
  }

  #tellEnd(
    { createMs, destroyMs, leftovers, failures }: Lifecycle<void>,
    price: Price,
    lifeMs: number,
  ): void {
    const cost =
      price === null ? '' : `, about ${billedAmount(price, lifeMs).toFixed(2)} ${price.currency} in all`;
    const boot = createMs === 0 ? 'never up' : `made once in ${formatMs(createMs)}`;
    this.#note(
      `${plural(this.played.length, 'rehearsal')} played; hosts ${boot}, there for ${formatMs(lifeMs)}, removed in ${formatMs(destroyMs)}${cost}`,
    );
    if (leftovers?.length === 0) return;
    const what = [...(leftovers ?? []), ...failures].map((one) =>
      'what' in one ? one.what : one.error.message,
    );
    const line = `${this.id}: something may be left: ${what.join('; ')}; rehearse reap --execute removes what is there`;
    this.#context.out.problem(line);
    const last = this.played.pop();
    if (last) this.played.push({ ...last, exitCode: EXIT.leaked, headline: line });
  }

  #note(line: string): void {
    this.#context.out.note(`${this.id}: ${line}`);
  }
}

type Price = Omit<HourlyPrice, 'estimate'> | null;

interface SharedHosts {
  readonly bootMs: number;
  readonly spec: EnvironmentSpec;
  readonly price: Price;
  readonly signal: AbortSignal;
}

/** @throws TIMED_OUT where the hosts expire before another rehearsal as long as the longest was over */
function requireRoom({ expiresAt }: EnvironmentSpec, longestMs: number): void {
  const leftMs = Date.parse(expiresAt) - Date.now();
  if (leftMs >= Math.max(LEAST_ROOM_MS, longestMs * ROOM)) return;
  throw new RehearsalError('TIMED_OUT', `its hosts expire at ${expiresAt}, too soon for the next`, {
    hint: 'give them longer, where the target has expiresAfter',
  });
}

/** Aborts as `failed` does, with time for those who see it themselves. */
function noticed(failed: AbortSignal): AbortSignal {
  const late = new AbortController();
  const abort = (): void => {
    const notice = limitAfter(NOTICE_MS);
    notice.addEventListener('abort', () => {
      late.abort(failed.reason);
    });
  };
  if (failed.aborted) abort();
  else failed.addEventListener('abort', abort, { once: true });
  return late.signal;
}
