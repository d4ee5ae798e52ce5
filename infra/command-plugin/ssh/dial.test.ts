import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { needs } from '../../../test/support/needs.ts';
import { connectionSchema, type Connection } from './connection.ts';
import { dial } from './dial.ts';
import { runCommand, type CommandRequest } from '../run-command.ts';
import {
  endWith,
  startSshServer,
  type SshServerBehaviour,
  type SshServerFixture,
} from './ssh-server-fixture.ts';

const started: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

async function server(behaviour?: SshServerBehaviour): Promise<SshServerFixture> {
  const fixture = await startSshServer(behaviour);
  started.push(fixture);
  return fixture;
}

function to(port: number, more: Partial<Connection> = {}): Connection {
  return connectionSchema.parse({ host: '127.0.0.1', port, user: 'me', dialErrorLimit: 1, ...more });
}

const never = new AbortController().signal;
const request: CommandRequest = { command: 'x', stdin: '', variables: [], onOutput: () => undefined };

function endSilently(channel: ServerChannel): void {
  channel.end();
}

async function run(
  behaviour: SshServerBehaviour,
  more: Partial<CommandRequest> = {},
  signal = never,
): Promise<unknown> {
  const session = await dial(to((await server(behaviour)).port), signal, () => undefined);
  try {
    return await runCommand(session, { ...request, ...more });
  } finally {
    session.end();
  }
}

describe.skipIf(!needs('ssh-keygen', 'for the host keys'))('dialling', () => {
  it('gives up on a host that takes the connection and never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const retries: string[] = [];
    const dialled = dial(to(port, { perDialTimeout: 1 }), never, (line) => retries.push(line));
    await expect(dialled).rejects.toThrow(
      /after 1 failed attempts: cannot connect to me@127.0.0.1:\d+: Timed out/,
    );
    expect(retries).toEqual(['Dial 1/1 failed: retrying']);
    silent.close();
  });

  it('tries again where the login is refused, for the user may be on its way', async () => {
    let logins = 0;
    const { port } = await server({ login: ({ method }) => method === 'password' && ++logins > 2 });
    const session = await dial(to(port, { password: 'pw', dialErrorLimit: 5 }), never, () => undefined);
    session.end();
    expect(logins).toBe(3);
    const refused = dial(to((await server({ login: () => false })).port), never, () => undefined);
    await expect(refused).rejects.toThrow(/authentication methods failed/);
  });

  it('dials without end where the limit is -1, until it is stopped', async () => {
    const retries: string[] = [];
    const stop = new AbortController();
    const dialled = dial(to(1, { dialErrorLimit: -1 }), stop.signal, (line) => retries.push(line));
    setTimeout(() => {
      stop.abort(new Error('cancelled'));
    }, 600);
    await expect(dialled).rejects.toThrow('cancelled');
    expect(retries.slice(0, 2)).toEqual(['Dial 1/inf failed: retrying', 'Dial 2/inf failed: retrying']);
  });

  it('answers the questions of a keyboard-interactive login with the password', async () => {
    const { port } = await server({
      login: (context) => {
        if (context.method !== 'keyboard-interactive') return false;
        context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
          if (answers[0] === 'open sesame') context.accept();
          else context.reject();
        });
        return undefined;
      },
    });
    (await dial(to(port, { password: 'open sesame' }), never, () => undefined)).end();
    const wrong = dial(to(port, { password: 'sesame' }), never, () => undefined);
    await expect(wrong).rejects.toThrow(/authentication methods failed/);
  });

  it('fails at once, and says both keys, where the host shows another key', async () => {
    const [one, other] = [await server(), await server()];
    const retries: string[] = [];
    const dialled = dial(to(one.port, { hostKey: other.hostKey }), never, (line) => retries.push(line));
    await expect(dialled).rejects.toThrow(
      /shows the host key ssh-ed25519 SHA256:.+, but connection.hostKey is/,
    );
    const rsa = Buffer.from('\0\0\0\x07ssh-rsa\0\0\0\x01\x03').toString('base64');
    const noRsa = dial(to(one.port, { hostKey: `ssh-rsa ${rsa}` }), never, (line) => retries.push(line));
    await expect(noRsa).rejects.toThrow(/has no host key of that kind/);
    const nonsense = dial(to(one.port, { hostKey: 'SHA256:abc' }), never, (line) => retries.push(line));
    await expect(nonsense).rejects.toThrow(/connection.hostKey is not a public key/);
    expect(retries).toEqual([]);
  });

  it('fails at once where the private key cannot be read, without showing it', async () => {
    const { port } = await server();
    const retries: string[] = [];
    const dialled = dial(to(port, { privateKey: 'very private' }), never, (line) => retries.push(line));
    const error = await dialled.then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).toMatch(/privateKey/);
    expect(error?.message).not.toContain('very private');
    expect(retries).toEqual([]);
  });
});

describe.skipIf(!needs('ssh-keygen', 'for the host keys'))('a command', () => {
  const variables = (...names: string[]): CommandRequest['variables'] =>
    names.map((name) => ({ name, value: `value of ${name}`, refused: () => false }));

  it('gets its environment where the host takes it', async () => {
    const ended = await run(
      {
        acceptEnv: ['A', 'B'],
        run: (channel, env) => {
          channel.write(JSON.stringify(env));
          endWith(channel, 0);
        },
      },
      { variables: variables('A', 'B') },
    );
    expect(ended).toMatchObject({ status: 0, stdout: '{"A":"value of A","B":"value of B"}' });
  });

  it('does not start where the host refuses a variable', async () => {
    let ran = false;
    const running = run(
      {
        acceptEnv: ['A'],
        run: () => {
          ran = true;
        },
      },
      { variables: variables('A', 'B') },
    );
    await expect(running).rejects.toThrow('did not start the command');
    expect(ran).toBe(false);
  });

  it('fails where the host ends the channel without saying how the command ended', async () => {
    await expect(run({ run: endSilently })).rejects.toThrow('without saying how');
  });

  it('fails where the connection breaks', async () => {
    const running = run({
      run: (channel) => {
        (channel as unknown as { _client: { _sock: { destroy(): void } } })._client._sock.destroy();
      },
    });
    await expect(running).rejects.toThrow('the connection was lost');
  });

  it('is told to end when it is cancelled', async () => {
    const signals: string[] = [];
    const stop = new AbortController();
    const deaf: SshServerBehaviour = {
      signalled: (name) => signals.push(name),
      run: () => {
        stop.abort(new Error('cancelled'));
      },
    };
    await expect(run(deaf, {}, stop.signal)).rejects.toThrow('cancelled');
    expect(signals).toEqual(['TERM']);
  });
});
