import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2';

/** What a server does that real ones seldom do. */
export interface SshServerBehaviour {
  /** Says whether somebody may log in, or undefined where it answers by itself; everybody may unless given. */
  readonly login?: (context: AuthContext) => boolean | undefined;
  /** The environment variables that it takes; none unless given. */
  readonly acceptEnv?: readonly string[];
  /** What a command does; ends at once with status 0 unless given. */
  readonly run?: (channel: ServerChannel, env: Record<string, string>) => void;
  /** Is told of each signal that a client sends to its command. */
  readonly signalled?: (name: string) => void;
}

/** An SSH server of ssh2 on the loopback. */
export interface SshServerFixture {
  readonly port: number;
  readonly hostKey: string;
  stop(): Promise<void>;
}

export async function startSshServer(behaviour: SshServerBehaviour = {}): Promise<SshServerFixture> {
  const { login = () => true, acceptEnv = [], run } = behaviour;
  const key = hostKey();
  const clients = new Set<{ end(): void }>();
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.on('authentication', (context) => {
      const allowed = login(context);
      if (allowed) context.accept();
      else if (allowed === false) context.reject(['publickey', 'password', 'keyboard-interactive']);
    });
    client.on('session', (accept) => {
      const session = accept();
      const env: Record<string, string> = {};
      session.on('env', (allow, refuse, { key: name, val }) => {
        const taken = acceptEnv.includes(name);
        if (taken) env[name] = val;
        (taken ? allow : refuse)();
      });
      session.on('signal', (_allow, _refuse, { name }) => {
        behaviour.signalled?.(name);
      });
      session.on('sftp', (_allow, refuse) => {
        refuse();
      });
      session.on('exec', (allow) => {
        const channel = allow();
        if (run) run(channel, env);
        else endWith(channel, 0);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    hostKey: key.public,
    stop: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Ends a command as a host does. */
export function endWith(channel: ServerChannel, status: number): void {
  channel.exit(status);
  channel.end();
}

function hostKey(): { private: string; public: string } {
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-key-'));
  try {
    const file = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
    return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8').trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
