import type { Client, ClientChannel } from 'ssh2';
import type { Session } from './dial.ts';
import { offerEnvironment, type Variable } from './ssh2-internals.ts';
import { stopRemote } from './stop-remote.ts';

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface CommandRequest {
  readonly command: string;
  readonly stdin: string;
  readonly variables: readonly Variable[];
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** How a command ended and all that it wrote. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/**
 * Runs one command to its end, however it ends. An abort sends it TERM.
 * @throws Error when it cannot start, writes more than 16 MB or ends with the connection; the session signal's reason
 */
export async function runCommand({ client, signal }: Session, request: CommandRequest): Promise<Ended> {
  signal.throwIfAborted();
  offerEnvironment(client, request.variables);
  const channel = await start(client, request.command, signal);
  const stop = new AbortController();
  const halt = AbortSignal.any([signal, stop.signal]);
  const output: Written[] = [];
  let bytes = 0;
  const take =
    (stream: 'stdout' | 'stderr') =>
    (chunk: Buffer): void => {
      if (halt.aborted) return;
      bytes += chunk.length;
      output.push({ stream, chunk });
      request.onOutput(stream, chunk);
      if (bytes > MAX_OUTPUT_BYTES) {
        stop.abort(
          new Error('the command wrote more than 16 MB: let it write into a file on the host instead'),
        );
      }
    };
  channel.on('data', take('stdout'));
  channel.stderr.on('data', take('stderr'));
  const exit = await ended(client, channel, request.stdin, halt);
  return { ...exit, ...texts(output) };
}

interface Written {
  readonly stream: 'stdout' | 'stderr';
  readonly chunk: Buffer;
}

function texts(output: readonly Written[]): Pick<Ended, 'stdout' | 'stderr' | 'output'> {
  const of = (stream?: string): string =>
    Buffer.concat(
      output.filter((written) => stream === undefined || written.stream === stream).map(({ chunk }) => chunk),
    ).toString();
  return { stdout: of('stdout'), stderr: of('stderr'), output: of() };
}

function start(client: Client, command: string, signal: AbortSignal): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.exec(command, (error, channel) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(new Error(`the host did not start the command: ${error.message}`));
      else resolve(channel);
    });
  });
}

function ended(
  client: Client,
  channel: ClientChannel,
  stdin: string,
  halt: AbortSignal,
): Promise<Pick<Ended, 'status' | 'signal'>> {
  return new Promise((resolve, reject) => {
    let exit: Pick<Ended, 'status' | 'signal'> | undefined;
    const onHalt = (): void => {
      void stopRemote(client, channel).then(() => {
        reject(halt.reason as Error);
      });
    };
    channel.on('exit', (status: number | null, signal?: string) => {
      exit = { status, signal: signal ?? null };
    });
    channel.on('close', () => {
      halt.removeEventListener('abort', onHalt);
      if (halt.aborted) reject(halt.reason as Error);
      else if (exit) resolve(exit);
      else reject(new Error('the command ended without saying how'));
    });
    // A command need not read what it is given.
    channel.on('error', () => undefined);
    if (halt.aborted) onHalt();
    else halt.addEventListener('abort', onHalt, { once: true });
    channel.end(stdin);
  });
}
