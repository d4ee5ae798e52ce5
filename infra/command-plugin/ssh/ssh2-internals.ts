import type { Client, ClientChannel } from 'ssh2';

/*
 * ssh2 1.17 sends environment variables without asking whether the host took them, and signals only while stdin is open.
 * SSH can do both (RFC 4254, 6.4 and 6.9), so this file, and no other, uses what ssh2 keeps for itself.
 */
interface Protocol {
  env(channel: number, name: string, value: string, wantReply: boolean): void;
  exec(channel: number, command: string, wantReply: boolean): void;
  signal(channel: number, name: string): void;
}

interface InnerChannel {
  readonly outgoing: { readonly id: number; readonly state: string };
  /** One for each request that waits for its reply, in order. */
  _callbacks: ((failed: unknown) => void)[];
}

interface InnerClient {
  readonly _protocol: Protocol;
  readonly _chanMgr: { readonly _channels: Record<number, InnerChannel | undefined> };
}

/** A variable for the command; `refused` is called, before the command starts, when the host does not take it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Returns whether the command may start all the same. */
  refused(): boolean;
}

/** The next command that the client starts gets these variables; it does not start before the host has answered for each. */
export function offerEnvironment(client: Client, variables: readonly Variable[]): void {
  if (variables.length === 0) return;
  const { _protocol: protocol, _chanMgr } = client as unknown as InnerClient;
  const exec = protocol.exec.bind(protocol);
  protocol.exec = (id, command, wantReply): void => {
    protocol.exec = exec;
    const channel = Object.values(_chanMgr._channels).find((candidate) => candidate?.outgoing.id === id);
    const start = channel?._callbacks.pop();
    if (channel === undefined || start === undefined) throw new Error('ssh2 is not the version it should be');
    let allowed = true;
    let unanswered = variables.length;
    for (const variable of variables) {
      channel._callbacks.push((failed) => {
        if (failed && !variable.refused()) allowed = false;
        unanswered -= 1;
        if (unanswered > 0) return;
        if (!allowed || channel.outgoing.state !== 'open') {
          start(true);
          return;
        }
        channel._callbacks.push(start);
        exec(id, command, wantReply);
      });
      protocol.env(id, variable.name, variable.value, true);
    }
  };
}

/** Sends a signal such as TERM to what runs at the other end. A host that cannot do that ignores it. */
export function sendSignal(client: Client, channel: ClientChannel, name: string): void {
  const { outgoing } = channel as unknown as InnerChannel;
  if (outgoing.state === 'open' || outgoing.state === 'eof') {
    (client as unknown as InnerClient)._protocol.signal(outgoing.id, name);
  }
}
