import type { Client, ClientChannel } from 'ssh2';

const KEPT_BYTES = 1_000_000;

export interface ExecOptions {
  /** What the command reads from stdin: the place for secrets. */
  readonly stdin?: string;
  /** 60 s unless given. */
  readonly timeoutMs?: number;
}

export interface ExecEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** The first megabyte of each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What starts something that answers by callback, see OpenConnection. */
interface Caller {
  call<T>(
    start: (client: Client, done: (error: Error | null | undefined, value: T) => void) => void,
    timeoutMs?: number,
  ): Promise<T>;
}

/** @throws ConnectionLost */
export async function execOn(
  connection: Caller,
  command: string,
  { stdin = '', timeoutMs }: ExecOptions,
): Promise<ExecEnd> {
  return connection.call<ExecEnd>((client, done) => {
    client.exec(command, (error, channel) => {
      // An error leaves no channel; the caller does not look at the value then.
      if (error) done(error, { code: null, stdout: '', stderr: error.message });
      else gather(channel, stdin, done);
    });
  }, timeoutMs);
}

function gather(
  channel: ClientChannel,
  stdin: string,
  done: (error: Error | undefined, end: ExecEnd) => void,
): void {
  const stdout = keep(channel);
  const stderr = keep(channel.stderr);
  let code: number | null | undefined;
  channel.on('exit', (exitCode: number | null) => (code = exitCode));
  channel.on('error', () => undefined);
  channel.once('close', () => {
    const end = { code: code ?? null, stdout: stdout(), stderr: stderr() };
    // Without an exit status the channel did not end by its command's end.
    done(code === undefined ? new Error('the command did not say how it ended') : undefined, end);
  });
  channel.end(stdin);
}

function keep(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    if (bytes < KEPT_BYTES) pieces.push(piece);
    bytes += piece.length;
  });
  return () => Buffer.concat(pieces).subarray(0, KEPT_BYTES).toString('utf8');
}
