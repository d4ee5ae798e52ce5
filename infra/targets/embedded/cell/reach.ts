import type { Cell } from './cell.ts';

/** What the SQL under rehearsal could reach, as sentences for the report. */
export function reachOf({ user, isClosed, noNewPrivileges, openBecause }: Cell): string[] {
  if (isClosed) {
    return [
      'The SQL under rehearsal could reach this machine’s software (read only) and its own folders, with a user of its own: no network, no other files or sockets, no other processes.',
    ];
  }
  const who = user ? `the user ${user.name}` : 'the user who ran the rehearsal';
  const rights = noNewPrivileges
    ? 'though no more rights than that user has'
    : 'and, by programs such as sudo, what these may';
  return [
    `The SQL under rehearsal could reach what ${who} can (files, programs, sockets, the network), ${rights}: ${openBecause}.`,
  ];
}
