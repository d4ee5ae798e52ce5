import type { Duplex } from 'node:stream';
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { SshAccess } from './access.ts';

const READY_TIMEOUT_MS = 15_000;
/** A path that went silent is given up after three of these. */
const KEEPALIVE_MS = 5_000;

interface ConnectOptions {
  readonly signal: AbortSignal;
  /** From dialling to an authenticated session; 15 s unless given. */
  readonly timeoutMs?: number;
  /** How often a silent host is asked whether it is still there; it is given up after three times. 5 s unless given. */
  readonly keepaliveMs?: number;
  /** A stream to talk through instead of dialling, such as a channel of a bastion. */
  readonly sock?: Duplex;
}

/** The host answered, and trying again would change nothing: it showed another host key, or did not take ours. */
export class SshRefused extends RehearsalError {
  readonly reason: 'host-key' | 'authentication';

  constructor(
    reason: 'host-key' | 'authentication',
    message: string,
    options: { hint: string; cause?: unknown },
  ) {
    super('HOST_UNREACHABLE', message, options);
    this.name = 'SshRefused';
    this.reason = reason;
  }
}

/**
 * One authenticated connection, through the jump host where there is one; each must show exactly the expected key. End it with
 * `client.end()`.
 * @throws HOST_UNREACHABLE (as SshRefused where trying again is no use), or the signal's reason
 */
export async function connectSsh(access: SshAccess, options: ConnectOptions): Promise<Client> {
  const { jump, ...direct } = access;
  if (jump === undefined) return connectDirectly(direct, options);
  const bastion = await connectSsh(jump, options);
  try {
    const sock = await channelTo(direct, bastion);
    const client = await connectDirectly(direct, { ...options, sock });
    client.once('close', () => bastion.end());
    return client;
  } catch (error) {
    bastion.destroy();
    throw error;
  }
}

/** @throws HOST_UNREACHABLE */
async function channelTo({ host, port }: SshAccess, bastion: Client): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.once('close', () => {
      reject(new RehearsalError('HOST_UNREACHABLE', `the jump host closed the way to ${host}:${port}`));
    });
    bastion.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else
        reject(
          new RehearsalError(
            'HOST_UNREACHABLE',
            `the jump host cannot reach ${host}:${port}: ${error.message}`,
            {
              hint: 'check that the host is up, and that the jump host allows TCP forwarding',
              cause: error,
            },
          ),
        );
    });
  });
}

async function connectDirectly(access: SshAccess, options: ConnectOptions): Promise<Client> {
  const { signal } = options;
  signal.throwIfAborted();
  const shown: { hostKey?: Buffer } = {};
  const client = new Client();
  const onAbort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  // An error ends the connection, and whoever uses it sees `close`; an error without a listener would end the process.
  client.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.once('close', () => {
        reject(new Error('the connection was closed'));
      });
      client.connect(configOf(access, options, shown));
    });
    // Small packets at once: with Nagle's algorithm each round trip of SFTP waits for a delayed ACK.
    client.setNoDelay(true);
    signal.throwIfAborted();
    return client;
  } catch (cause) {
    client.destroy();
    if (signal.aborted) throw signal.reason;
    throw explained(access, asError(cause), shown.hostKey);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function configOf(access: SshAccess, options: ConnectOptions, shown: { hostKey?: Buffer }): ConnectConfig {
  const { host, port, username, privateKey, agent, hostKey } = access;
  const { timeoutMs = READY_TIMEOUT_MS, keepaliveMs = KEEPALIVE_MS, sock } = options;
  const [type = '', body = ''] = hostKey.trim().split(/\s+/);
  const expected = Buffer.from(body, 'base64');
  return {
    host,
    port,
    username,
    readyTimeout: timeoutMs,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(agent === undefined ? {} : { agent }),
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: 3,
    // A host has keys of several kinds; it is asked for the kind that is known.
    algorithms: { serverHostKey: kindsOf(type) },
    ...(sock === undefined ? {} : { sock }),
    hostVerifier: (key: Buffer) => {
      shown.hostKey = key;
      return key.equals(expected);
    },
  };
}

function kindsOf(type: string): ServerHostKeyAlgorithm[] {
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256'];
  return [type as ServerHostKeyAlgorithm];
}

function explained(
  access: SshAccess,
  cause: Error & { level?: string },
  shown: Buffer | undefined,
): RehearsalError {
  const { host, port, username, hostKey } = access;
  const place = `${username}@${host}:${port}`;
  const isOther = shown !== undefined && !shown.equals(Buffer.from(hostKey.split(' ')[1] ?? '', 'base64'));
  if (isOther || cause.message.includes('no matching host key')) {
    const kind = shown?.subarray(4, 4 + shown.readUInt32BE(0)).toString('latin1');
    const what = shown ? `${kind ?? ''} ${shown.toString('base64')}` : 'a key of another kind';
    return new SshRefused(
      'host-key',
      `${place} shows another host key than ${access.agent === undefined ? "this run's host" : 'is known of it'}: ${what}, expected ${hostKey}`,
      {
        hint: `another machine answers at this address; nothing was sent to it. ${access.agent === undefined ? 'Tear the run down and start it again' : 'Where its key has changed for a reason, write down the new one'}`,
        cause,
      },
    );
  }
  if (access.agent !== undefined && ['client-authentication', 'agent'].includes(cause.level ?? '')) {
    return new SshRefused('authentication', `${place} lets in none of the keys offered: ${cause.message}`, {
      hint: 'see that the user is right, and that the key is among those that it takes (authorized_keys)',
      cause,
    });
  }
  if (cause.level === 'client-authentication') {
    return new SshRefused('authentication', `${place} does not take this run's SSH key: ${cause.message}`, {
      hint: 'the host was set up for another key; tear the run down and start it again',
      cause,
    });
  }
  return new RehearsalError('HOST_UNREACHABLE', `cannot reach ${place} by SSH: ${cause.message}`, {
    hint: `check that the host is up (rehearse list) and that nothing between here and there drops port ${port}`,
    cause,
  });
}
