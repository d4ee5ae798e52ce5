import { simpleCommands } from './shell-words.ts';

/** What the shell does itself (POSIX, 2.9.4 and 2.14, and what dash and bash add). */
const OF_SHELL = new Set(
  (
    '. : [ [[ { } ! alias bg break case cd command continue do done echo elif else esac eval exec exit export false fc fg fi for ' +
    'getopts hash if in jobs kill local printf pwd read readonly return select set shift source test then time times trap true ' +
    'type ulimit umask unalias unset until wait while'
  ).split(' '),
);
/** Behind these stands the program that is meant. */
const BEFORE_PROGRAM = new Set(['exec', 'time', 'do', '!', '{']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
/** Nothing for the shell to expand. */
const PLAIN = /^[\w./+@:=,-]+$/;
/** A line that begins in another folder, with all that follows. */
const IN_FOLDER = /^\s*cd\s+(?<folder>[\w.\/+@][\w.\/+@:=,-]*)\s*(?:&&|[;\n])(?<rest>[^(]*)$/;

interface NamedInCommand {
  /** Where all of it runs, as it stands there: what `cd` at its start names, else `.`. Relative names begin there. */
  readonly folder: string;
  /** As they stand there, each once: `npx`, `./migrate.sh`. */
  readonly programs: readonly string[];
  /** The one that runs whatever comes of others, which may install or make those that follow; undefined where the shell itself begins. */
  readonly first: string | undefined;
  /** Other words with a `/` in them. */
  readonly paths: readonly string[];
}

/** What a command line calls and reads, as far as its text tells; nothing where only the shell can say. */
export function namedIn(command: string): NamedInCommand {
  const { folder = '.', rest = command } = IN_FOLDER.exec(command)?.groups ?? {};
  // What follows another `cd` starts elsewhere.
  let isLost = false;
  const programs = new Set<string>();
  let first: string | undefined;
  const paths = new Set<string>();
  for (const [index, words] of (simpleCommands(rest) ?? []).entries()) {
    const start = words.findIndex((word) => !ASSIGNMENT.test(word) && !BEFORE_PROGRAM.has(word));
    const [program = '', ...others] = start < 0 ? [] : words.slice(start);
    if (program === 'cd') isLost = true;
    const isTold = (name: string): boolean => PLAIN.test(name) && (!isLost || name.startsWith('/'));
    if (isTold(program) && !program.startsWith('-') && !OF_SHELL.has(program)) {
      programs.add(program);
      if (index === 0) first = program;
    }
    for (const word of others) {
      const path = word.slice(word.indexOf('=') + 1);
      if (path.includes('/') && isTold(path) && !path.includes(':')) paths.add(path);
    }
  }
  return { folder, programs: [...programs], first, paths: [...paths] };
}
