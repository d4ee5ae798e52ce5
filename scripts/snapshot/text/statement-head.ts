import { COMMANDS } from './sql-commands.ts';
import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';

const LONGEST_HEAD = 100;
const MOST_WORDS = 7;
const NAME = /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"))*$/u;

/** The beginning of a statement as far as it can only be keywords and names, such as `CREATE INDEX orders_total ON public.orders`;
 * empty for what begins with no command: that may be data. */
export function statementHead({ bytes }: StatementPiece): string {
  const text = bytes.toString('utf8', 0, LONGEST_HEAD * 4);
  const head: string[] = [];
  for (const [token] of text.matchAll(/(?:"(?:[^"]|"")*"|[^\s(;,="])+|[(;,="]/gu)) {
    const isCopyFrom = /^from$/i.test(token) && /^copy$/i.test(head[0] ?? '');
    const endsNames = head.length > 0 && /^(values|set|to|as|is|in|with|default|select)$/i.test(token);
    if (!NAME.test(token) || endsNames || isCopyFrom || head.length === MOST_WORDS) break;
    head.push(token);
  }
  if (!COMMANDS.has(head[0]?.toLowerCase() ?? '')) return '';
  return head.join(' ').slice(0, LONGEST_HEAD);
}
