import { join } from 'node:path';
import type { Starter } from '../installation.ts';

/** What a cloud may be asked with; the reaper looks at each whose token is set. */
export const TOKENS = ['RAFF_API_KEY', 'RAFF_PROJECT_ID', 'HCLOUD_TOKEN', 'DIGITALOCEAN_TOKEN'] as const;

/** The user's file of `NAME=value` lines, outside of any repository. Nothing here reads or writes it. */
export function tokenFile({ home }: Starter): string {
  return join(home, '.config', 'dress-rehearsal', 'clouds.env');
}

/** What the user does by hand; the tokens themselves are typed into the file and never on a command line. */
export function tokenSteps(starter: Starter): string[] {
  const file = tokenFile(starter);
  return [
    `write the tokens into ${file}    # lines such as ${TOKENS[0]}=…; of ${TOKENS.join(', ')} those you have`,
    `chmod 600 '${file.replaceAll("'", "'\\''")}'`,
  ];
}
