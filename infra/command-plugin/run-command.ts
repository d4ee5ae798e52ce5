import type { Client, ClientChannel } from 'ssh2';
import type { Session } from './ssh/dial.ts';
import { offerEnvironment, type Variable } from './ssh/ssh2-internals.ts';
import { stopRemote } from './stop-remote.ts';

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** How long a cancelled command may take to start. */
const START_MS = 2_000;

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

/** After an abort it still waits a moment: a command that has started by then must be told to end. */
function start(client: Client, command: string, signal: AbortSignal): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => {
        reject(signal.reason as Error);
      }, START_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.exec(command, (error, channel) => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      if (!error) resolve(channel);
      else if (signal.aborted) reject(signal.reason as Error);
      else reject(new Error(`the host did not start the command: ${error.message}`));
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
    const onHalt = (): void => {
      void stopRemote(client, channel).then(() => {
        reject(halt.reason as Error);
      });
    };
    // Unlike `exit`, which may come with the answer to the request, this comes when stdout is taken.
    channel.on('close', (status?: number | null, name?: string) => {
      halt.removeEventListener('abort', onHalt);
      const settle = (): void => {
        if (halt.aborted) reject(halt.reason as Error);
        else if (status === undefined) reject(new Error('the command ended without saying how'));
        else resolve({ status, signal: name ?? null });
      };
      if (channel.stderr.readableEnded) settle();
      else channel.stderr.once('end', settle);
    });
    // A command need not read what it is given.
    channel.on('error', () => undefined);
    if (halt.aborted) onHalt();
    else halt.addEventListener('abort', onHalt, { once: true });
    channel.end(stdin);
  });
}
