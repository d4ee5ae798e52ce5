import { cron } from './cron.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { systemd } from './systemd.ts';

/** What starts the night, on this machine or another. */
export interface Starter {
  /** Absolute; the folder that holds `rehearsals/`. */
  readonly dir: string;
  /** The user's home, for what lies there. */
  readonly home: string;
  /** How `rehearse` is started there, as a shell types it. */
  readonly command: string;
}

/** Files to write, absolute, and what the user has to do by hand. */
export interface Installation {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly then: readonly string[];
}

export type Install = (starter: Starter) => Installation;

/** By the name that `rehearse nightly --install` takes. To add one: a file beside these, and a line here. */
export const INSTALLS = { systemd, cron, github, gitlab } as const satisfies Record<string, Install>;

export type InstallKind = keyof typeof INSTALLS;

export function isInstallKind(name: string): name is InstallKind {
  return Object.hasOwn(INSTALLS, name);
}
