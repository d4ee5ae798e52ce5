import { readFileSync } from 'node:fs';
import { withTimeout } from '../../../scripts/shared/clock.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { connectSsh } from '../../ssh/connect.ts';
import type { SshAccess } from '../../ssh/access.ts';
import { OpenConnection } from '../../ssh/open-connection.ts';
import { shellWord } from '../../ssh/quote.ts';
import type { Jump, Reach } from '../../contract/hosts.ts';
import { keysOf } from './logins.ts';
import type { OwnHost } from './own-hosts.ts';

const SCRIPT_MS = 45_000;

/** A script of this folder with its variables set before. */
export function scriptOf(name: string, variables: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  return [...Object.entries(variables).map(([key, value]) => `${key}=${shellWord(value)}`), text].join('\n');
}

/**
 * Runs a shell script as root on a host, by a connection of its own, and gives what it printed.
 * @throws HOST_UNREACHABLE, TARGET_UNAVAILABLE where the user may not become root, HOST_START_FAILED where it fails, the signal's reason
 */
export async function asRootOn(host: OwnHost, script: string, signal: AbortSignal): Promise<string> {
  const client = await connectSsh(accessOf(host.reach), { signal });
  const connection = new OpenConnection(client);
  const forget = connection.dropOn(signal);
  try {
    const { user } = host.reach;
    const command = user === 'root' ? 'sh -s' : 'sudo -n -- sh -s';
    const running = connection.exec(command, { stdin: script, timeoutMs: SCRIPT_MS });
    const { code, stdout, stderr } = await withTimeout(
      running,
      SCRIPT_MS,
      `a script on ${host.name}`,
      signal,
    );
    if (code === 0) return stdout;
    throw failed(host, user, stderr);
  } finally {
    forget();
    await connection.end();
  }
}

function failed({ name, role }: OwnHost, user: string, stderr: string): RehearsalError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (user !== 'root' && /sudo/.test(stderr)) {
    return new RehearsalError(
      'TARGET_UNAVAILABLE',
      `${user} may not become root on the ${role} host ${name}: ${said}`,
      {
        hint: `allow it there without a password: echo '${user} ALL=(root) NOPASSWD: ALL' >/etc/sudoers.d/rehearse`,
      },
    );
  }
  return new RehearsalError('HOST_START_FAILED', `a script on the ${role} host ${name} failed: ${said}`);
}

export function accessOf({ jump, ...way }: Reach): SshAccess {
  return { ...direct(way), ...(jump === null ? {} : { jump: direct(jump) }) };
}

function direct({ host, port, user, hostKey, login }: Jump): Omit<SshAccess, 'jump'> {
  return { host, port, username: user, hostKey, ...(login === undefined ? {} : { agent: keysOf(login) }) };
}
