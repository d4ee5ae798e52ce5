import type { Starter } from './installation.ts';

/**
 * A line of a crontab; cron has hardly any environment, and mails what is printed.
 * @param when five fields
 * @param words shell
 */
export function cronLine({ dir, nodeFolder }: Starter, when: string, words: string): string {
  return `${when} cd ${quoted(dir)} && PATH=${quoted(nodeFolder)}:"$PATH" ${escaped(words)}`;
}

function quoted(path: string): string {
  return escaped(`'${path.replaceAll("'", "'\\''")}'`);
}

/** A percent sign is a line break to cron. */
function escaped(text: string): string {
  return text.replaceAll('%', '\\%');
}
