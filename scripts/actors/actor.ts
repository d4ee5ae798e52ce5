import type { ActorRecord } from '../artifacts/records/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { publicPgError } from '../pg/pg-error.ts';
import { actorForMs, actorStartAt, needsTable } from '../plan/actors.ts';
import type { ActorSpec, Step } from '../plan/model.ts';
import { sleep, withTimeout } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import { redact } from '../shared/text/redact.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { Control } from './control.ts';
import { PLAYS } from './plays.ts';
import { Act } from './act.ts';
import { chooseTable, type ActorTable } from './actor-table.ts';

/** Whoever is not in place by then does not come. */
const START_LIMIT_MS = 30_000;

/** What every actor of a plan works with. */
interface Company {
  readonly plan: readonly Step[];
  readonly seed: number;
  readonly endpoint: PgEndpoint;
  readonly control: Control;
  readonly clock: RunClock;
  readonly records: NdjsonWriter<ActorRecord>;
}

/** One actor from its entrance to its exit. */
export class Actor {
  readonly #spec: ActorSpec;
  readonly #company: Company;
  readonly #over = new AbortController();
  /** Null before it began, and where it works on no one table. */
  #table: ActorTable | null = null;
  #played: Promise<void> = Promise.resolve();

  constructor(spec: ActorSpec, company: Company) {
    this.#spec = spec;
    this.#company = company;
  }

  /** The step that it begins shortly before. */
  get startAt(): string | undefined {
    return actorStartAt(this.#spec, this.#company.plan);
  }

  /** Notes that it will come. */
  announce(): void {
    const { name, kind } = this.#spec;
    const { clock, records } = this.#company;
    const forMs = actorForMs(this.#spec) ?? null;
    records.write({
      actor: name,
      kind,
      event: 'planned',
      tMs: clock.now(),
      step: this.startAt ?? null,
      forMs,
    });
  }

  /**
   * Waits until it is in place, or cannot come; which of the two is in the record.
   * @returns what it says of itself, for people
   * @throws the signal's reason
   */
  async enter(signal: AbortSignal): Promise<string> {
    const { name } = this.#spec;
    let inPlace: () => void = () => undefined;
    const entrance = new Promise<void>((resolve) => (inPlace = resolve));
    let problem: string | undefined;
    this.#played = this.#play(inPlace).catch((error: unknown) => {
      problem = messageOf(error);
      this.#note('failed', problem);
    });
    const either = Promise.race([entrance, this.#played]);
    try {
      await withTimeout(either, START_LIMIT_MS, `${name} getting in place`, signal);
    } catch (error) {
      signal.throwIfAborted();
      await this.leave(); // ends it, so that it cannot come in the middle of a step
      problem ??= messageOf(error);
    }
    const where = this.#table === null ? '' : ` on ${this.#table.name}`;
    return problem === undefined ? `${name} is in place${where}` : `${name} did not come: ${problem}`;
  }

  /** Ends what it does and waits for it. */
  async leave(): Promise<void> {
    this.#over.abort(new Error('the plan has ended'));
    await this.#played;
  }

  async #play(entered: () => void): Promise<void> {
    const { plan, seed, endpoint, control } = this.#company;
    const { name: actor, kind } = this.#spec;
    const { signal } = this.#over;
    if (needsTable(kind)) this.#table = await chooseTable(control, this.#spec, plan, this.startAt);
    const forMs = actorForMs(this.#spec);
    const state = { isIn: false };
    const inPlace = (): void => {
      if (state.isIn || signal.aborted) return;
      state.isIn = true;
      this.#note('started', this.#table === null ? null : `on ${this.#table.name}`);
      if (forMs !== undefined) void this.#overAfter(forMs);
      entered();
    };
    const act = new Act({ actor, endpoint, control, table: this.#table, forMs, seed, signal, inPlace });
    const playing = PLAYS[kind](act);
    try {
      await Promise.race([playing, act.over()]);
    } finally {
      this.#over.abort(new Error('its time is over'));
      await act.close();
      await playing.catch(() => undefined); // told by the race, unless its time was over
    }
    if (state.isIn) this.#note('stopped', act.note);
    else
      throw new RehearsalError(
        'TIMED_OUT',
        act.note ?? `it was not in place within ${START_LIMIT_MS / 1000} s`,
      );
  }

  async #overAfter(ms: number): Promise<void> {
    await sleep(ms, this.#over.signal).catch(() => undefined);
    this.#over.abort(new Error('its time is over'));
  }

  #note(event: 'started' | 'stopped' | 'failed', message: string | null): void {
    const { name: actor, kind } = this.#spec;
    this.#company.records.write({ actor, kind, event, tMs: this.#company.clock.now(), message });
  }
}

function messageOf(error: unknown): string {
  const { sqlstate, message } = publicPgError(error);
  const hint = error instanceof RehearsalError && error.hint !== undefined ? `; ${error.hint}` : '';
  return redact(`${sqlstate === null ? '' : `${sqlstate} `}${message}${hint}`);
}
