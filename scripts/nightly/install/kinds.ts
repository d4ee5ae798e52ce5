import { cron } from './cron.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { Install } from './installation.ts';
import { systemd } from './systemd.ts';

/** By the name that `rehearse nightly --install` takes. To add one: a file beside these, and a line here. */
export const INSTALLS = { systemd, cron, github, gitlab } as const satisfies Record<string, Install>;
