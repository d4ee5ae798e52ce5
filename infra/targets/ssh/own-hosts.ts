import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import type { HostRole, Jump, Reach } from '../../contract/hosts.ts';
import { knownKey } from './known-hosts.ts';
import { logins, type Logins } from './logins.ts';

const HOST_ROLES = ['primary', 'standby', 'driver'] as const;

/** A host of the user's, ready to be dialled. */
export interface OwnHost {
  readonly role: HostRole;
  /** As the user names it. */
  readonly name: string;
  readonly reach: Reach;
  /** IP address, as the other hosts reach it. */
  readonly address: string;
}

type Endpoint = NonNullable<SshSettings['hosts']['primary']['jump']>;

/**
 * The hosts of the settings with keys, host keys and addresses looked up.
 * @param runId for whose stack; undefined = for a look
 * @throws TARGET_UNAVAILABLE with everything that stands in the way, and what to do about each
 */
export async function ownHosts(settings: SshSettings, runId?: string): Promise<OwnHost[]> {
  const known = await readFile(homePath(settings.knownHosts), 'utf8').catch(() => '');
  const keys = logins(runId);
  const wrong: string[] = [];
  const hosts: OwnHost[] = [];
  for (const role of HOST_ROLES) {
    const host = settings.hosts[role];
    if (host === undefined) continue;
    const at = `targets.ssh.hosts.${role}`;
    try {
      const jump =
        host.jump === undefined ? null : await jumpOf(host.jump, { at: `${at}.jump`, known, keys, settings });
      const way = await jumpOf(host, { at, known, keys, settings });
      const address = host.privateAddress ?? (await addressOf(host.address, at));
      hosts.push({ role, name: host.address, address, reach: { ...way, jump } });
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length === 0) return hosts;
  throw new RehearsalError('TARGET_UNAVAILABLE', wrong.join('; '), {
    hint: 'see targets.ssh in rehearsal.yaml or settings.yaml (docs/hosts.md)',
  });
}

interface Lookups {
  readonly at: string;
  /** Text of the known_hosts file. */
  readonly known: string;
  readonly keys: Logins;
  readonly settings: SshSettings;
}

async function jumpOf({ address, port, user, key, hostKey }: Endpoint, lookups: Lookups): Promise<Jump> {
  const { at, known, keys, settings } = lookups;
  const shown = hostKey ?? knownKey(known, address, port);
  if (shown === undefined) {
    throw unfit(
      `the key of ${address} is not known: neither ${at}.hostKey nor ${settings.knownHosts} says it (compare it on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub)`,
    );
  }
  const login = await keys.loginOf(key, at);
  return { host: address, port, user, hostKey: shown.trim().split(/\s+/).slice(0, 2).join(' '), login };
}

async function addressOf(name: string, at: string): Promise<string> {
  if (isIP(name) !== 0) return name;
  try {
    return (await lookup(name)).address;
  } catch (error) {
    throw unfit(`${at}.address ${name} leads nowhere: ${asError(error).message}`);
  }
}

/** `~/.ssh/id` → `/home/anna/.ssh/id` */
function homePath(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

function unfit(message: string): RehearsalError {
  return new RehearsalError('TARGET_UNAVAILABLE', message);
}
