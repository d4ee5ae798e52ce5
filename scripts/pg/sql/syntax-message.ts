const NEAR_LENGTH = 40;

/**
 * What PostgreSQL's parser said, on one short line: after an open quote it repeats all the text that follows.
 */
export function syntaxMessage({ message }: Error): string {
  return message.replace(/ at or near "([\s\S]*)"$/, (_whole, near: string) => {
    const [line = ''] = near.trim().split('\n');
    const characters = Array.from(line.trimEnd());
    const isCut = characters.length > NEAR_LENGTH || near.trim().includes('\n');
    return ` at or near "${characters.slice(0, NEAR_LENGTH).join('')}${isCut ? '…' : ''}"`;
  });
}
