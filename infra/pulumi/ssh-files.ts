import { writeFile } from 'node:fs/promises';
import { shellWord } from '../ssh/quote.ts';
import type { HostOutput } from '../environment-stack.ts';
import type { Jump } from '../contract/hosts.ts';
import type { SessionFolder } from './session-folder.ts';

/** Lets OpenSSH know the hosts' keys. */
export async function writeKnownHosts(folder: SessionFolder, hosts: readonly HostOutput[]): Promise<void> {
  const ways = hosts.flatMap(({ reach }) => [reach, ...(reach.jump === null ? [] : [reach.jump])]);
  const lines = new Set(ways.map((way) => `${knownAs(way)} ${way.hostKey}\n`));
  await writeFile(folder.knownHosts, [...lines].join(''), { mode: 0o600 });
}

/** As ssh looks it up: another port stands with its host in brackets. */
function knownAs({ host, port }: Jump): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** `ssh …` as it can be typed on this machine. */
export function sshCommand(folder: SessionFolder, { reach }: HostOutput): string {
  const { jump } = reach;
  // ProxyJump would ask for the jump host's key elsewhere.
  const proxy =
    jump === null
      ? []
      : [
          '-o',
          word(`ProxyCommand=ssh ${[...sshOptions(folder, jump), '-W', '%h:%p', ...to(jump)].join(' ')}`),
        ];
  return ['ssh', ...sshOptions(folder, reach), ...proxy, ...to(reach)].join(' ');
}

function to({ host, port, user }: Jump): string[] {
  return [...(port === 22 ? [] : ['-p', String(port)]), `${user}@${host}`];
}

function sshOptions(folder: SessionFolder, { login }: Jump): string[] {
  const keyFile = login === undefined ? folder.privateKey : login.keyFile;
  return [
    ...(keyFile === null ? [] : ['-i', word(keyFile), '-o', 'IdentitiesOnly=yes']),
    '-o',
    word(`UserKnownHostsFile=${folder.knownHosts}`),
  ];
}

/** Quoted only where it must be: people read this. */
function word(text: string): string {
  return /^[\w./=:-]+$/.test(text) ? text : shellWord(text);
}
