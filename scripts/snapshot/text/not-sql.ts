import { DumpFrame } from './dump-frame.ts';
import { archiveFormat } from '../snapshot-format.ts';
import { COMMANDS } from './sql-commands.ts';
import { SqlScanner } from '../../pg/scanner/sql-scanner.ts';

/**
 * Why the beginning of a text cannot be SQL, as a sentence's end, or undefined where it can. The content itself is not quoted:
 * it may be data. `whole` = nothing follows the head.
 */
export function whyNotSql(head: Buffer, whole: boolean): string | undefined {
  if (head.length === 0) return 'it is empty';
  if (head.length >= 2 && (head.readUInt16BE() === 0xfffe || head.readUInt16BE() === 0xfeff)) {
    return 'it is UTF-16 text; write it as UTF-8';
  }
  const archive = archiveFormat(head);
  if (archive) return `it is a compressed pg_dump archive (${archive}); decompress it first`;
  const start = head.toString('latin1', 0, 200).trimStart().toLowerCase();
  if (/^<(!doctype html|html)/.test(start)) return 'it is an HTML page';
  if (/^<(\?xml|[a-z])/.test(start)) return 'it is an XML document';
  if (head.includes(0)) return 'it holds binary data';
  return firstCommandIsKnown(head, whole);
}

function firstCommandIsKnown(head: Buffer, whole: boolean): string | undefined {
  const scanner = new SqlScanner();
  scanner.push(head);
  let piece = scanner.next(whole);
  const frame = new DumpFrame();
  while (piece?.type === 'comment') {
    frame.comment(piece.text);
    piece = scanner.next(whole);
  }
  // What begins as a dump is one, however little of it is left.
  if (piece?.type === 'meta' || frame.isOpen) return undefined;
  const open = scanner.unfinished();
  const statement = piece?.type === 'statement' ? piece : open?.statement;
  if (!statement) return whole ? 'it holds no statement' : undefined;
  if (open?.inside === 'comment') return undefined;
  const [first] = statement.words;
  const known = first === undefined ? statement.bytes.toString('latin1', 0, 1) === '(' : COMMANDS.has(first);
  return known ? undefined : 'it begins with no command of PostgreSQL';
}
