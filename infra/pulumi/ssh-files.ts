import { writeFile } from 'node:fs/promises';
import { shellWord } from '../ssh/quote.ts';
import type { HostOutput } from '../environment.ts';
import type { SessionFolder } from './session-folder.ts';

/** Lets OpenSSH know the hosts' keys. */
export async function writeKnownHosts(folder: SessionFolder, hosts: readonly HostOutput[]): Promise<void> {
  const lines = hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`);
  await writeFile(folder.knownHosts, lines.join(''), { mode: 0o600 });
}

/** `ssh …` as it can be typed on this machine. */
export function sshCommand(folder: SessionFolder, { address }: HostOutput): string {
  const options = [
    ...['-i', word(folder.privateKey), '-o', 'IdentitiesOnly=yes'],
    ...['-o', word(`UserKnownHostsFile=${folder.knownHosts}`)],
  ];
  return ['ssh', ...options, `root@${address}`].join(' ');
}

/** Quoted only where it must be: people read this. */
function word(text: string): string {
  return /^[\w./=:-]+$/.test(text) ? text : shellWord(text);
}
