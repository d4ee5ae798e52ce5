import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentProtocol, type ParsedKey } from 'ssh2';
import { RehearsalError } from '../../scripts/shared/errors.ts';

const DIGITS = 12;

/**
 * Signs with keys of this process's, as ssh-agent does, for other processes of this user: they, and what they store, never see a
 * key. It ends with the process.
 */
export class KeyAgent {
  readonly socket: string;
  readonly #server: Server;
  readonly #keys = new Map<string, ParsedKey>();
  readonly #open = new Set<Socket>();

  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.socket = join(folder, 'agent');
    this.#server = createServer((client) => {
      this.#serve(client);
    });
    this.#server.unref();
  }

  /**
   * Listens in a folder of its own that only this user may enter.
   * @param name the same name gives the same socket, so that what knows its path works again with a later process
   * @throws TARGET_UNAVAILABLE where the folder is somebody else's
   */
  static async start(name: string): Promise<KeyAgent> {
    const hash = createHash('sha256').update(name).digest('hex').slice(0, DIGITS);
    const folder = join(tmpdir(), `rehearse-agent-${hash}`);
    makeOwn(folder);
    const agent = new KeyAgent(folder);
    rmSync(agent.socket, { force: true });
    agent.#server.listen(agent.socket);
    await once(agent.#server, 'listening');
    process.once('exit', agent.#remove);
    return agent;
  }

  add(key: ParsedKey): void {
    this.#keys.set(key.getPublicSSH().toString('base64'), key);
  }

  /** Signs nothing any more, and takes its socket away. */
  close(): void {
    process.off('exit', this.#remove);
    for (const client of this.#open) client.destroy();
    this.#server.close();
    this.#remove();
  }

  readonly #remove = (): void => {
    rmSync(this.#folder, { recursive: true, force: true });
  };

  #serve(client: Socket): void {
    client.unref();
    this.#open.add(client);
    const protocol = new AgentProtocol(false);
    protocol.on('identities', (request) => {
      protocol.getIdentitiesReply(request, [...this.#keys.values()]);
    });
    protocol.on('sign', (request, asked, data, { hash }) => {
      const blob = Buffer.isBuffer(asked) ? asked : asked.getPublicSSH();
      const signature = this.#keys.get(blob.toString('base64'))?.sign(data, hash);
      if (signature === undefined || signature instanceof Error) protocol.failureReply(request);
      else protocol.signReply(request, signature);
    });
    for (const stream of [client, protocol]) stream.on('error', () => client.destroy());
    client.on('close', () => this.#open.delete(client));
    client.pipe(protocol).pipe(client);
  }
}

function makeOwn(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    const { uid, mode } = lstatSync(folder);
    const isOwn = lstatSync(folder).isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0;
    if (isOwn) return;
    throw new RehearsalError('TARGET_UNAVAILABLE', `${folder} is there already and is somebody else's`, {
      hint: 'remove it, or set TMPDIR to a folder of your own',
    });
  }
}
