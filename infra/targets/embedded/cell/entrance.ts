import { join } from 'node:path';
import type { RunDir } from '../run-dir.ts';
import type { Cell } from './cell.ts';
import { Relay } from './relay.ts';
import { Sockets } from './sockets.ts';

/** The two ways to a server in a closed cell: its socket for us, a port of this machine for programs that are not ours. */
export class Entrance {
  readonly sockets: Sockets;
  readonly #relay: Relay;

  private constructor(sockets: Sockets, relay: Relay) {
    this.sockets = sockets;
    this.#relay = relay;
  }

  /**
   * Undefined where the cell is open, and the server takes the port by itself.
   * @throws PORT_TAKEN
   */
  static async open(dir: RunDir, { user, isClosed }: Cell, port: number): Promise<Entrance | undefined> {
    if (!isClosed || user === undefined) return undefined;
    const sockets = await Sockets.open(dir, user);
    try {
      return new Entrance(sockets, await Relay.open(port, join(sockets.dir, `.s.PGSQL.${port}`)));
    } catch (error) {
      await sockets.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#relay.close();
    await this.sockets.close();
  }
}
