import type { ActorRecord } from '../artifacts/records/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { ActorKind, Rehearsal, Scenario, Step } from '../plan/model.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { Control } from './control.ts';
import { Actor } from './actor.ts';

/** As whom those who stand for the app and for another migration connect. */
interface CompanyLogins {
  readonly app: PgEndpoint;
  readonly plan: PgEndpoint;
}

const STANDS_FOR: Readonly<Record<ActorKind, keyof CompanyLogins | 'tool'>> = {
  'long-reader': 'tool',
  dump: 'tool',
  vacuum: 'tool',
  'idle-in-transaction': 'app',
  'hot-rows': 'app',
  churn: 'app',
  'second-migration': 'plan',
};

function loginOf(kind: ActorKind, logins: CompanyLogins & { readonly tool: PgEndpoint }): PgEndpoint {
  return logins[STANDS_FOR[kind]];
}

interface CompanyParts {
  readonly rehearsal: Pick<Rehearsal, 'plan' | 'load'>;
  readonly scenario: Scenario;
  readonly endpoint: PgEndpoint;
  readonly logins: CompanyLogins;
  readonly clock: RunClock;
  readonly records: NdjsonWriter<ActorRecord>;
  readonly onNote: (message: string) => void;
}

/** All actors of a scenario. */
export class Company {
  readonly #actors: readonly Actor[];
  readonly #control: Control | null;
  readonly #onNote: (message: string) => void;

  private constructor(actors: readonly Actor[], control: Control | null, parts: CompanyParts) {
    this.#actors = actors;
    this.#control = control;
    this.#onNote = parts.onNote;
    for (const actor of actors) actor.announce();
  }

  /** Nobody has come yet; `leave` must be called in any case. @throws CONNECTION_FAILED */
  static async gather(parts: CompanyParts): Promise<Company> {
    const { scenario, rehearsal, endpoint, logins, clock, records } = parts;
    if (scenario.actors.length === 0) return new Company([], null, parts);
    const control = await Control.open(endpoint);
    const shared = { plan: rehearsal.plan, seed: rehearsal.load.seed, control, clock, records };
    return new Company(
      scenario.actors.map((spec) => {
        return new Actor(spec, { ...shared, endpoint: loginOf(spec.kind, { ...logins, tool: endpoint }) });
      }),
      control,
      parts,
    );
  }

  /** Waits until everybody who begins shortly before this step is in place, or cannot come. */
  async before(step: Step, signal: AbortSignal): Promise<void> {
    const due = this.#actors.filter(({ startAt }) => startAt === step.name);
    for (const said of await Promise.all(due.map((actor) => actor.enter(signal)))) this.#onNote(said);
  }

  /** Everybody leaves; can be called again. */
  async leave(): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.leave()));
    await this.#control?.close();
  }
}
