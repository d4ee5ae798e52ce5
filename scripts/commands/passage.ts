import type { PgEndpoint } from '../pg/endpoint.ts';
import type { Enclose, Enclosure } from './enclosure.ts';
import { SessionRelay, type RelayedSession, type RelayListeners } from './session-relay.ts';

interface PassageOptions extends RelayListeners {
  /** Undefined: the command has the network of this process. */
  readonly enclose: Enclose | undefined;
  readonly signal: AbortSignal;
}

/** How one command reaches the server: by a relay that counts its sessions, in an enclosure where it may reach nothing else. */
export class Passage {
  readonly #relay: SessionRelay;
  readonly enclosure: Enclosure | undefined;

  private constructor(relay: SessionRelay, enclosure: Enclosure | undefined) {
    this.#relay = relay;
    this.enclosure = enclosure;
  }

  /** @throws as `Enclose` */
  static async open(
    endpoint: PgEndpoint,
    { enclose, signal, ...listeners }: PassageOptions,
  ): Promise<Passage> {
    const enclosure = await enclose?.(endpoint.port, signal);
    try {
      return new Passage(await SessionRelay.open(endpoint, listeners, enclosure?.listener), enclosure);
    } catch (error) {
      await enclosure?.close();
      throw error;
    }
  }

  /** As the command has to reach it. */
  get endpoint(): PgEndpoint {
    return this.#relay.endpoint;
  }

  /** All that there were until now. */
  get sessions(): readonly RelayedSession[] {
    return this.#relay.sessions;
  }

  /** Ends the connections that are left. */
  async close(): Promise<void> {
    await this.#relay.close();
    await this.enclosure?.close();
  }
}
