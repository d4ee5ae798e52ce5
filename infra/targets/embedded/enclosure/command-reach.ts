import type { CommandReach } from '../../../contract/target.ts';

/** Commands run as the caller. */
export const COMMAND_REACH: CommandReach = {
  open: 'what the user who ran the rehearsal can: files, programs, sockets, the network',
  rehearsedOnly:
    'over the network the rehearsed database and nothing else; and the files of the user who ran the rehearsal, but for the sockets that were among them',
};
