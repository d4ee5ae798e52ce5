import { readFileSync } from 'node:fs';
import { shellWord } from '../ssh/quote.ts';

/** A script of this folder with its variables set before. */
export function plainScript(script: string, variables: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(script, import.meta.url), 'utf8');
  return [...Object.entries(variables).map(([key, value]) => `${key}=${shellWord(value)}`), text].join('\n');
}

/** As the command of somebody who may become root without a password; stdin stays the script's own. */
export function asRoot(user: string, script: string): string {
  return user === 'root' ? script : `sudo -n -- sh -c ${shellWord(script)}`;
}
