import type { Duplex } from 'node:stream';
import { Client, type AuthenticationType, type ConnectConfig } from 'ssh2';
import { addressOf, type Endpoint } from './connection.ts';
import { fingerprint, parseHostKey, type HostKey } from './host-key.ts';

const KEEPALIVE_MS = 10_000;
/** A path that has been silent for this many keepalives in a row is given up. */
const KEEPALIVES = 6;

/** A failure that no further dial can mend. */
export class HopelessDial extends Error {}

/**
 * Dials once and logs in; `sock` is a stream to talk through instead. End the client when done.
 * @throws HopelessDial, or an Error that another dial may not meet, or the signal's reason
 */
export async function handshake(endpoint: Endpoint, signal: AbortSignal, sock?: Duplex): Promise<Client> {
  signal.throwIfAborted();
  const expected = expectedKey(endpoint);
  const client = new Client();
  let shown: Buffer | undefined;
  let agentError = '';
  const onAbort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.on('error', (error: Error & { level?: string }) => {
        // After an agent that does not answer there may be other ways to log in.
        if (error.level === 'agent') agentError = ` (agent: ${error.message})`;
        else reject(error);
      });
      client.once('close', () => {
        reject(new Error('the connection was closed'));
      });
      const { password } = endpoint;
      client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
        answer(prompts.map(() => password ?? ''));
      });
      const hostVerifier = (key: Buffer): boolean => {
        shown = key;
        return expected === undefined || key.equals(expected.blob);
      };
      client.connect({ ...loginConfig(endpoint, expected), hostVerifier, ...(sock && { sock }) });
      // A request is smaller than a packet: without this, most would wait 40 ms for the answer to the one before.
      client.setNoDelay(true);
    });
    return client;
  } catch (cause) {
    client.destroy();
    signal.throwIfAborted();
    throw explained(cause as Error, endpoint, { expected, shown, agentError });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function expectedKey({ hostKey }: Endpoint): HostKey | undefined {
  try {
    return hostKey === undefined ? undefined : parseHostKey(hostKey);
  } catch (error) {
    throw new HopelessDial((error as Error).message);
  }
}

function loginConfig(endpoint: Endpoint, expected: HostKey | undefined): ConnectConfig {
  const { host, port, user, password, privateKey, privateKeyPassword, perDialTimeout } = endpoint;
  const agent = endpoint.agentSocketPath ?? process.env['SSH_AUTH_SOCK'];
  const ways: AuthenticationType[] = ['none'];
  if (privateKey !== undefined) ways.push('publickey');
  if (password !== undefined) ways.push('password', 'keyboard-interactive');
  if (agent) ways.push('agent');
  return {
    host,
    port,
    username: user,
    authHandler: ways,
    tryKeyboard: password !== undefined,
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
    ...(privateKeyPassword !== undefined && { passphrase: privateKeyPassword }),
    ...(agent && { agent }),
    ...(expected && { algorithms: { serverHostKey: expected.algorithms } }),
    readyTimeout: perDialTimeout * 1_000,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES,
  };
}

interface Seen {
  readonly expected: HostKey | undefined;
  readonly shown: Buffer | undefined;
  readonly agentError: string;
}

function explained(error: Error, endpoint: Endpoint, { expected, shown, agentError }: Seen): Error {
  const address = addressOf(endpoint);
  if (expected && (shown ? !shown.equals(expected.blob) : /no matching host key/.test(error.message))) {
    const found = shown ? `shows the host key ${fingerprint(shown)}` : 'has no host key of that kind';
    return new HopelessDial(`${address} ${found}, but connection.hostKey is ${fingerprint(expected.blob)}`);
  }
  const message = `cannot connect to ${address}: ${error.message}${agentError}`;
  return /privateKey|passphrase/i.test(error.message) ? new HopelessDial(message) : new Error(message);
}
