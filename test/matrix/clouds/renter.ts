import { soldOutHint } from '../../../infra/clouds/api.ts';
import type { Cloud, CloudName } from '../../../infra/clouds/cloud.ts';
import { cloudOf } from '../../../infra/clouds/index.ts';
import { ownerMark } from '../../../infra/clouds/owner.ts';
import { removeOfRun } from '../../../infra/clouds/removal.ts';
import { cloudHost } from '../../../infra/provider/cloud-host.ts';
import { cloudNetwork } from '../../../infra/provider/cloud-network.ts';
import { HalfMade, type Call, type Properties, type Resource } from '../../../infra/provider/resource.ts';
import { reap } from '../../../infra/reap.ts';
import { explainedBy } from '../../../infra/targets/cloud/explain.ts';
import { cloudLeftovers } from '../../../infra/targets/cloud/leftovers.ts';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { FAKE_ENVIRONMENT } from '../../support/clouds/fakes.ts';

export const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJu8vJH7E5v3J0OQb0o1w1mJmH1yq0m8r2uQd1YkS0bN run';
const POLL_MS = 20;
const REMOVAL_MS = 20_000;
const DESTROYS = 2;
export const ROLES = ['primary', 'driver'];

/** The cloud with a pace for tests. */
export function quick(name: CloudName, url: string): () => Cloud {
  return () => {
    const cloud = cloudOf(name, FAKE_ENVIRONMENT[name](url), POLL_MS);
    Object.assign(cloud.patience, { runningMs: 5_000, sshMs: 500, removalMs: 2_000 });
    return cloud;
  };
}

interface Rental {
  readonly name: CloudName;
  readonly runId: string;
  readonly open: () => Cloud;
  readonly signal: AbortSignal;
  readonly allowUpFront?: boolean;
}

export interface Ended {
  /** `ok`, or the code of the error that the run tells. */
  readonly code: string;
  readonly message: string;
  /** What the tear-down could not do. */
  readonly left: string | undefined;
  /** In how many it was ordered, where something was sold out. */
  readonly locations: number;
}

/** What Pulumi does with the program of an environment: a network, the hosts side by side, and everything away again. */
export class Renter {
  readonly #rental: Rental;
  readonly #tried: string[] = [];
  readonly #expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  readonly #made: { readonly resource: Resource; readonly state: Properties }[] = [];

  constructor(rental: Rental) {
    this.#rental = rental;
  }

  /** Up, and down again as the engine does it; undefined = the engine was killed, and what it knew is lost. */
  async run(engineLives = (): boolean => true): Promise<Ended> {
    const failure = await this.#upSomewhere().then(() => undefined, asError);
    const left = await this.#down(engineLives());
    const locations = this.#tried.length;
    if (failure === undefined) return { code: 'ok', message: '', left, locations };
    return { ...this.#told(failure), left, locations };
  }

  /** Where something is sold out, all that was made goes, and everything is ordered in the next location. */
  async #upSomewhere(): Promise<void> {
    const { open, signal } = this.#rental;
    for (;;) {
      const { plans, image } = await open().catalog(signal);
      const [first, second] = plans.filter(
        ({ cpus, location }) => cpus === 2 && !this.#tried.includes(location),
      );
      this.#tried.push(first!.location);
      try {
        await this.#up({ plans: [first!.id, second!.id], image, location: first!.location });
        return;
      } catch (error) {
        const more = plans.some(({ cpus, location }) => cpus === 2 && !this.#tried.includes(location));
        const isSoldOut = error instanceof RehearsalError && error.hint === soldOutHint(open().title);
        if (!isSoldOut || !more || signal.aborted) throw error;
        const left = await this.#down(true);
        if (left !== undefined) throw new Error(left, { cause: error });
        this.#made.length = 0;
      }
    }
  }

  async #up({ plans, image, location }: { plans: string[]; image: string; location: string }): Promise<void> {
    const { name, runId, open, allowUpFront = false } = this.#rental;
    const owned = { cloud: name, runId, owner: ownerMark(), expiresAt: this.#expiresAt, location };
    const { networkId } = await this.#create(
      cloudNetwork(() => open()),
      owned,
    );
    const host = { ...owned, image, networkId, authorizedKey: KEY, allowUpFront };
    const ordered = await Promise.allSettled(
      ROLES.map((role) =>
        this.#create(
          cloudHost(() => open()),
          { ...host, role, plans },
        ),
      ),
    );
    for (const one of ordered) if (one.status === 'rejected') throw one.reason;
  }

  async #create(resource: Resource, inputs: Properties): Promise<Properties> {
    try {
      const { outputs } = await resource.create(inputs, callOf(this.#rental.signal));
      const state = { ...inputs, ...outputs };
      this.#made.unshift({ resource, state });
      return state;
    } catch (error) {
      if (error instanceof HalfMade) this.#made.unshift({ resource, state: { ...inputs, ...error.outputs } });
      throw error;
    }
  }

  async #down(engineLives: boolean): Promise<string | undefined> {
    let failure: Error | undefined;
    for (let tries = 1; tries <= DESTROYS; tries++) {
      const once = async (): Promise<undefined> => {
        const limit = AbortSignal.timeout(REMOVAL_MS);
        for (const { resource, state } of engineLives ? this.#made : [])
          await resource.delete('', state, callOf(limit));
        await removeOfRun(this.#rental.open(), this.#rental.runId, limit);
      };
      failure = await once().catch(asError);
      if (failure === undefined) return undefined;
    }
    return failure?.message;
  }

  /** As the run tells what came through the engine as text. */
  #told(error: Error): { code: string; message: string } {
    if (this.#rental.signal.aborted) return { code: 'INTERRUPTED', message: error.message };
    if (!(error instanceof RehearsalError) && !(error instanceof HalfMade))
      return { code: 'INTERNAL', message: error.stack ?? error.message };
    const hint = error instanceof RehearsalError && error.hint ? `\nhint: ${error.hint}` : '';
    const diagnostic = { resourceType: 'rehearsal:index:CloudHost', message: error.message + hint };
    const { code, message } = explainedBy(this.#rental.open().title, diagnostic)!;
    return { code, message };
  }
}

/** `rehearse reap --execute`, of which nobody has told anything. @returns what is still there */
export async function reapAll({ name, open }: Pick<Rental, 'name' | 'open'>): Promise<string[]> {
  const { found, unseen } = await cloudLeftovers(name, AbortSignal.timeout(REMOVAL_MS), () => open());
  const { failed } = await reap(found);
  return [
    ...unseen.map(({ why }) => `not seen: ${why}`),
    ...failed.map(({ leftover, error }) => `${leftover.what}: ${error.message}`),
    ...found.filter(({ inUse }) => inUse).map(({ what }) => `${what}: taken for one in use`),
  ];
}

function callOf(signal: AbortSignal): Call {
  const ignored = (): void => undefined;
  return { signal, log: { progress: ignored, note: ignored, warn: ignored } };
}
