import type { Install } from './installation.ts';

/** No file: a crontab belongs to its user, who adds the line. cron has hardly any environment, and mails what is printed. */
export const cron: Install = ({ dir, command, nodeFolder }) => ({
  files: [],
  then: [
    'crontab -e    # and add:',
    `17 2 * * * cd ${quoted(dir)} && PATH=${quoted(nodeFolder)}:"$PATH" ${escaped(command)} nightly --quiet --deadline 6h`,
  ],
});

function quoted(path: string): string {
  return escaped(`'${path.replaceAll("'", "'\\''")}'`);
}

/** A percent sign is a line break to cron. */
function escaped(text: string): string {
  return text.replaceAll('%', '\\%');
}
