/** One word of a POSIX shell, whatever it holds. Not for secrets: a command line can be read by every user of a host. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
