import type { StatementPiece } from './sql-piece.ts';

const LONGEST_HEAD = 100;
const MOST_WORDS = 7;
const NAME = /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"))*$/u;

/** The beginning of a statement as far as it can only be keywords and names, such as `CREATE INDEX orders_total ON public.orders`. */
export function statementHead({ bytes }: StatementPiece): string {
  const text = bytes.toString('utf8', 0, LONGEST_HEAD * 4);
  const head: string[] = [];
  for (const [token] of text.matchAll(/"(?:[^"]|"")*"(?:\.\S+)?|[^\s(;,=]+|[(;,=]/gu)) {
    if (!NAME.test(token) || head.length === MOST_WORDS) break;
    head.push(token);
    if (/^(values|set|as|is|select)$/i.test(token) && head.length > 1) {
      head.pop();
      break;
    }
  }
  return head.join(' ').slice(0, LONGEST_HEAD);
}
