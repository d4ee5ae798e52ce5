import { cronLine } from './cron-line.ts';
import type { Install } from './installation.ts';

/** No file: a crontab belongs to its user, who adds the line. */
export const cron: Install = (starter) => ({
  files: [],
  then: [
    'crontab -e    # and add:',
    cronLine(starter, '17 2 * * *', `${starter.command} nightly --quiet --deadline 6h`),
  ],
});
