import { isWithin, WEIGHT } from '../../shared/bounds.ts';
import type { Sample } from './script.ts';

/** What the `-- rehearse:` comments of a script say. */
export interface Directives {
  name: string | undefined;
  weight: number;
  samples: Sample[];
}

export type Report = (line: number, message: string) => void;

const COMMENT = /^--\s*rehearse:(?<words>.*)$/;
const IDENTIFIER = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const SAMPLE = new RegExp(
  String.raw`\s*(?<variable>[\p{L}_][\p{L}\p{N}_]*)\s+from\s+(?<column>${IDENTIFIER}(?:\.${IDENTIFIER})*)`,
  'uy',
);
const WORD = /\s*(?<key>[^\s=,]+)(?:=(?<value>"(?:[^"]|"")+"|[^\s,]*))?/y;
const COMMA = /\s*,/y;
const REST = /^\s*$/;

/** Whether a `--` comment speaks to the rehearsal. */
export function isDirective(comment: string): boolean {
  return COMMENT.test(comment);
}

/** Reads one such comment into `into`; mistakes go to `report`. */
export function readDirective(comment: string, line: number, into: Directives, report: Report): void {
  const words = COMMENT.exec(comment)?.groups?.['words']?.trimEnd() ?? '';
  let at = 0;
  while (!REST.test(words.slice(at))) {
    const match = matchAt(WORD, words, at);
    if (!match) {
      report(line, `-- rehearse: cannot be read from "${words.slice(at).trim()}" on`);
      return;
    }
    at = match.end;
    const { key = '', value } = match.groups;
    if (key === 'sample' && value === undefined) {
      const end = readSamples(words, at, line, into, report);
      if (end === undefined) return;
      at = end;
    } else if (key === 'weight') {
      readWeight(value, line, into, report);
    } else if (key === 'name') {
      if (!value) report(line, '-- rehearse: name= needs a name, such as name=read-order');
      else into.name = value.startsWith('"') && value.length > 1 ? unquoted(value) : value;
    } else {
      report(line, `-- rehearse: unknown word "${key}"; known are weight=, name= and sample`);
    }
  }
}

function readWeight(value: string | undefined, line: number, into: Directives, report: Report): void {
  const weight = /^\d+(\.\d+)?$/.test(value ?? '') ? Number(value) : NaN;
  if (isWithin(WEIGHT, weight)) into.weight = weight;
  else report(line, `-- rehearse: weight=${value ?? ''} must be a number ${WEIGHT.said}`);
}

/** `a from t.x, b from s.t.y`: returns where it ends, or undefined after a mistake. */
function readSamples(
  words: string,
  start: number,
  line: number,
  into: Directives,
  report: Report,
): number | undefined {
  let at = start;
  for (;;) {
    const match = matchAt(SAMPLE, words, at);
    if (!match) {
      report(
        line,
        '-- rehearse: sample must read "sample <variable> from <table>.<column>", several with commas',
      );
      return undefined;
    }
    at = match.end;
    const { variable = '', column = '' } = match.groups;
    const names = [...column.matchAll(new RegExp(IDENTIFIER, 'gu'))].map(([name]) => unquoted(name));
    if (names.length < 2 || names.length > 3) {
      report(line, `-- rehearse: sample ${variable} needs table.column or schema.table.column`);
    } else {
      const [columnName = '', table = '', schema] = names.toReversed();
      into.samples.push({ variable, schema, table, column: columnName, line });
    }
    const comma = matchAt(COMMA, words, at);
    if (!comma) return at;
    at = comma.end;
  }
}

/** PostgreSQL folds names to lower case unless they are quoted. */
function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { groups: Record<string, string | undefined>; end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match ? { groups: match.groups ?? {}, end: pattern.lastIndex } : undefined;
}
