const COMMAND = /\brehearse (?=(?:run|check|report|list|init|doctor|reap|help|--\w+|<verb>)(?![\w-]))/g;

/** The text with each command of ours as the caller can type it: in a checkout there is no `rehearse` on the path. */
export function asTyped(text: string, program = 'rehearse'): string {
  return text.replace(COMMAND, () => `${program} `);
}
