import type { Mistake } from '../../shared/errors.ts';
import { registerAuthorText } from '../../pg/messages/public-names.ts';
import type { WorkloadScript } from '../../plan/model.ts';
import { CommandList } from './command-list.ts';
import { isDirective, readDirective, type Directives } from './directives.ts';
import { readMetaCommand } from './meta-commands.ts';
import type { ParsedScript } from './script.ts';
import { endOfComment, scanSql, type ScannedSql } from './sql-scanner.ts';
import { readStatement } from './statement.ts';

export type { ParsedScript } from './script.ts';

/**
 * Reads a script in pgbench's language. All mistakes are reported at once.
 * @param file the script's path as messages show it
 */
export function parseWorkload(
  script: WorkloadScript,
  file: string,
): { script: ParsedScript } | { mistakes: Mistake[] } {
  const source = script.text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '');
  registerAuthorText(source);
  const mistakes: Mistake[] = [];
  const report = (line: number, message: string): void => {
    mistakes.push({ file, line, key: '', message });
  };
  const directives: Directives = { name: undefined, weight: 1, samples: [] };
  const commands = new CommandList(report);
  readAll(source, directives, commands, report);
  const list = commands.finish();
  if (commands.count === 0 && mistakes.length === 0) report(1, 'the script has no command');
  if (mistakes.length > 0) return { mistakes: mistakes.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
  const { name = script.name, weight, samples } = directives;
  return { script: { name, weight, file, samples, commands: list } };
}

function readAll(
  source: string,
  directives: Directives,
  commands: CommandList,
  report: (line: number, message: string) => void,
): void {
  const lineAt = lineCounter(source);
  let at = 0;
  while (at < source.length) {
    const line = lineAt(at);
    if (/\s/.test(source.charAt(at))) {
      at++;
    } else if (source.startsWith('--', at)) {
      const end = endOfLine(source, at);
      const comment = source.slice(at, end);
      if (isDirective(comment) && commands.count > 0) {
        report(line, '-- rehearse: must stand before the first command');
      } else if (isDirective(comment)) {
        const known = directives.samples.length;
        readDirective(comment, line, directives, report);
        for (const { variable } of directives.samples.slice(known)) commands.define(variable);
      }
      at = end;
    } else if (source.startsWith('/*', at)) {
      const end = endOfComment(source, at);
      if (end === undefined) report(line, 'comment is not closed');
      at = end ?? source.length;
    } else if (source.charAt(at) === '\\') {
      const end = endOfCommand(source, at);
      readMetaCommand(source.slice(at, end), line, commands, report);
      at = end;
    } else {
      at = readStatements({ source, lineAt, commands, report }, at);
    }
  }
}

interface Reading {
  readonly source: string;
  readonly lineAt: (offset: number) => number;
  readonly commands: CommandList;
  readonly report: (line: number, message: string) => void;
}

/**
 * Reads one statement, or several that `\\;` combines: psql and pgbench send these as one query, which PostgreSQL runs in one transaction
 * where they say nothing of transactions themselves (PostgreSQL, "Multiple Statements in a Simple Query").
 * @returns where it goes on
 */
function readStatements({ source, lineAt, commands, report }: Reading, start: number): number {
  const combined: { scanned: ScannedSql; line: number }[] = [];
  let at = start;
  do {
    const blank = /^\s*/.exec(source.slice(at))?.[0].length ?? 0;
    const line = lineAt(at + blank);
    const scanned = scanSql(source, at + blank);
    combined.push({ scanned, line });
    at = scanned.end;
  } while (combined.at(-1)?.scanned.terminator === '\\;');
  const first = combined[0];
  const isTogether = first !== undefined && combined.length > 1 && !commands.mayBeInTransaction;
  const texts = combined.map(({ scanned: { parts } }) =>
    parts.filter((part) => typeof part === 'string').join(''),
  );
  const isOne =
    isTogether &&
    !texts.some((text) => /^\s*(?:begin|start|commit|end|rollback|abort|call|vacuum)\b/i.test(text));
  if (isOne) commands.addSql({ line: first.line, text: 'begin', parameters: [], transaction: 'begin' }, []);
  for (const { scanned, line } of combined) readStatement(scanned, line, lineAt, commands, report);
  if (/^\\gset\b/.test(source.slice(at))) {
    const end = endOfCommand(source, at);
    readMetaCommand(source.slice(at, end), lineAt(at), commands, report);
    at = end;
  }
  if (isOne) commands.addSql({ line: first.line, text: 'commit', parameters: [], transaction: 'commit' }, []);
  return at;
}

function endOfLine(source: string, start: number): number {
  const end = source.indexOf('\n', start);
  return end < 0 ? source.length : end;
}

/** A backslash command ends with its line unless a backslash stands at the end of it. */
function endOfCommand(source: string, start: number): number {
  let end = endOfLine(source, start);
  while (end < source.length && source.charAt(end - 1) === '\\') end = endOfLine(source, end + 1);
  return end;
}

/** Line numbers from 1 by position. */
function lineCounter(source: string): (offset: number) => number {
  const starts = [...source.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
