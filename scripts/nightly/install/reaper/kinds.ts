import type { Install } from '../installation.ts';
import { cron } from './cron.ts';
import { github } from './github.ts';
import { systemd } from './systemd.ts';

/** By the name that `rehearse reap --install` takes. To add one: a file beside these, and a line here. */
export const REAPER_INSTALLS = { systemd, cron, github } as const satisfies Record<string, Install>;
