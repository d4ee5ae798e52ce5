import { DURATION_MS } from '../../shared/bounds.ts';
import type { CommandList } from './command-list.ts';
import type { Report } from './directives.ts';
import { ExpressionError } from '../expressions/expression-lexer.ts';
import { parseExpression } from '../expressions/expression-parser.ts';
import type { Expression } from '../expressions/expression.ts';

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const SLEEP_UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
const NO_PIPELINE = 'whether statements are pipelined is said for the whole load, as load.pipeline';
const UNSUPPORTED: Readonly<Record<string, string>> = {
  shell: 'shell commands are not run from a workload script',
  setshell: 'shell commands are not run from a workload script',
  startpipeline: NO_PIPELINE,
  endpipeline: NO_PIPELINE,
  syncpipeline: NO_PIPELINE,
  aset: String.raw`combined queries are not supported; use \gset after a single one`,
};

/** Reads one backslash command. `source` begins with the backslash and may run over several lines. */
export function readMetaCommand(source: string, line: number, commands: CommandList, tell: Report): void {
  const report: Report = source.includes('--')
    ? (at, message) => {
        tell(at, `${message}; a comment (--) needs a line of its own`);
      }
    : tell;
  // A continuation becomes blanks of the same length, so that offsets still lead to the right line.
  const text = source.replaceAll('\\\n', '  ');
  const word = /^\\(\S*)/.exec(text)?.[1] ?? '';
  const rest = text.slice(word.length + 1);
  const expression = (skip = 0): Expression | undefined => {
    const start = word.length + 1 + skip;
    return readExpression(source, start, text.slice(start), line, word, report);
  };
  const name = word.toLowerCase();
  if (name === 'set') {
    readSet(rest, line, commands, report, expression);
  } else if (name === 'sleep') {
    readSleep(rest, line, commands, report);
  } else if (name === 'gset') {
    readGset(rest, line, commands, report);
  } else if (name === 'if') {
    commands.openIf(line, expression());
  } else if (name === 'elif') {
    commands.nextBranch(line, word, expression());
  } else if (name === 'else' || name === 'endif') {
    if (rest.trim() !== '') report(line, `\\${name} takes no arguments`);
    if (name === 'else') commands.nextBranch(line, word, undefined);
    else commands.closeIf(line);
  } else {
    const why = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
    report(line, why === undefined ? `unknown command \\${word}` : `\\${name}: ${why}`);
  }
}

function readSet(
  rest: string,
  line: number,
  commands: CommandList,
  report: Report,
  expression: (skip: number) => Expression | undefined,
): void {
  const [leading = '', variable = ''] = /^\s*(\S*)/.exec(rest) ?? [];
  if (!NAME.test(variable)) {
    report(
      line,
      variable === ''
        ? String.raw`\set needs a variable and an expression`
        : `\\set: "${variable}" is not a variable name`,
    );
    return;
  }
  const value = expression(leading.length);
  if (value) commands.addSet(line, variable, value);
  else commands.define(variable); // one mistake is enough
}

function readExpression(
  source: string,
  start: number,
  text: string,
  line: number,
  word: string,
  report: Report,
): Expression | undefined {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const lines = source.slice(0, start + error.offset).split('\n').length - 1;
    report(line + lines, `\\${word}: ${error.message}`);
    return undefined;
  }
}

function readSleep(rest: string, line: number, commands: CommandList, report: Report): void {
  const match = /^\s*(?:(\d+)|:([\p{L}_][\p{L}\p{N}_]*))\s*(us|ms|s)?\s*$/iu.exec(rest);
  const unitMs = SLEEP_UNIT_MS[(match?.[3] ?? 's').toLowerCase()];
  if (!match || unitMs === undefined) {
    report(
      line,
      String.raw`\sleep needs a whole number or a :variable, and us, ms or s, such as \sleep 10 ms`,
    );
    return;
  }
  const variable = match[2];
  if (variable === undefined && Number(match[1]) * unitMs > DURATION_MS.max) {
    report(line, `\\sleep ${rest.trim()} is longer than 24d`);
    return;
  }
  if (variable !== undefined) commands.use(variable, line);
  commands.add({ kind: 'sleep', line, amount: variable ?? Number(match[1]), unitMs });
}

function readGset(rest: string, line: number, commands: CommandList, report: Report): void {
  const prefix = rest.trim();
  if (prefix !== '' && !NAME.test(prefix)) report(line, `\\gset: "${prefix}" is not a prefix for variables`);
  else commands.gset(line, prefix);
}
