import type { Install } from './installation.ts';

/** No file: a crontab belongs to its user, who adds the line. cron has hardly any environment, and mails what is printed. */
export const cron: Install = ({ dir, command }) => ({
  files: [],
  then: [
    'crontab -e    # and add, with the PATH of your shell:',
    `17 2 * * * cd '${dir.replaceAll("'", "'\\''")}' && ${command.replaceAll('%', '\\%')} nightly --quiet --deadline 6h`,
  ],
});
