import type { Server } from 'node:net';

/** A network and files of their own for the commands that run inside: they reach one port of 127.0.0.1, and nothing else. */
export interface Enclosure {
  /** Listens inside, on 127.0.0.1 and the port that was asked for; whoever serves it is outside. */
  readonly listener: Server;
  /** The command line that runs a shell command inside, in that folder. */
  entered(command: string, cwd: string): { readonly file: string; readonly args: readonly string[] };
  /** What still runs inside keeps its network, and reaches nothing any more. */
  close(): Promise<void>;
}

/** Makes one. @throws USAGE where this machine has none to give; the signal's reason */
export type Enclose = (port: number, signal: AbortSignal) => Promise<Enclosure>;
