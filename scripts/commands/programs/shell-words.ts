/** The simple commands of a line for the shell, each as its words without quotes. */
type SimpleCommands = readonly (readonly string[])[];

/** What only the shell itself can make sense of, as far as programs are looked for in it. */
const BEYOND_READING =
  /<<|`|\$\(|\|\||\[|\b(?:function|eval|alias|if|case|while|until|test|command|which|PATH|type|hash)\b/;
const OPERATORS = new Set([';', '&', '|', '(', ')', '\n']);

/**
 * Divides a command line where the shell does (POSIX, 2.3 token recognition), as far as it needs no expansion; undefined where
 * it does, or where a quote is not closed.
 */
export function simpleCommands(line: string): SimpleCommands | undefined {
  if (BEYOND_READING.test(line)) return undefined;
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (letter === "'" || letter === '"') {
      const end = endOfQuote(line, at);
      if (end === undefined) return undefined;
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (letter === '\\') {
      word = (word ?? '') + line.charAt(++at);
    } else if (letter === '#' && word === undefined) {
      while (at + 1 < line.length && line.charAt(at + 1) !== '\n') at++;
    } else if (OPERATORS.has(letter) && !isOfRedirection(line, at)) {
      endWord();
      commands.push([]);
    } else if (/\s/.test(letter)) endWord();
    else word = (word ?? '') + letter;
  }
  endWord();
  return commands.filter((words) => words.length > 0);
}

/** `2>&1`, `<&3`, `&>log` and `>|log` end no command. */
function isOfRedirection(line: string, at: number): boolean {
  const letter = line.charAt(at);
  if (letter === '&' && line.charAt(at + 1) === '>') return true;
  return (letter === '&' || letter === '|') && /[<>]/.test(line.charAt(at - 1));
}

function endOfQuote(line: string, start: number): number | undefined {
  const quote = line.charAt(start);
  for (let at = start + 1; at < line.length; at++) {
    if (line.charAt(at) === '\\' && quote === '"') at++;
    else if (line.charAt(at) === quote) return at;
  }
  return undefined;
}
