import type { SqlPiece } from '../../pg/scanner/sql-piece.ts';
import type { MaskRules } from '../../plan/mask/mask-rules.ts';
import type { SnapshotSource } from '../../plan/model.ts';
import { beforeComments } from '../drift/carried-before.ts';
import { ChosenDatabase } from '../cluster/chosen-database.ts';
import { withoutPassword } from '../cluster/cluster-objects.ts';
import { requireSha256 } from '../require-sha256.ts';
import { remoteSource } from '../sources/open-remote.ts';
import { readRemote } from '../sources/read-remote.ts';
import { SqlPieces } from '../text/sql-pieces.ts';
import type { MaskKey } from './mask-key.ts';
import { Masking } from './masking.ts';
import { snapshotText } from './snapshot-text.ts';

/** Those that `mask` may stand beside. */
type MaskableSource = Extract<SnapshotSource, { readonly mask?: MaskRules }>;

interface ReadOptions {
  /** How messages call the snapshot. */
  readonly shown: string;
  readonly signal: AbortSignal;
  /** Major version of the server that it is for; 0 = not known. */
  readonly serverMajor: number;
}

/**
 * A snapshot as masked SQL: for a host that is to see no value.
 * @throws as `Masking.pieces`, `snapshotText` and `SqlPieces.read`
 */
export async function* maskedSource(
  source: MaskableSource,
  { key, ...options }: ReadOptions & { readonly key: MaskKey },
): AsyncGenerator<Buffer> {
  const { mask: rules } = source;
  if (rules === undefined) throw new Error('nothing is masked');
  const masking = new Masking({ rules, key, shown: options.shown });
  for await (const piece of masking.pieces(snapshotPieces(source, options))) yield bytesOf(piece);
  for (const text of beforeComments(masking.before)) yield bytesOf({ type: 'comment', text, line: 0 });
}

/** What the report says of a snapshot that came masked. */
export function maskingNote({ shown, columns }: MaskRules, { id }: MaskKey): string {
  const which = id === undefined ? 'a key that was drawn for this run alone' : `the key ${id}`;
  const rules = columns.length === 1 ? 'rule' : 'rules';
  return `Values were masked by the ${columns.length} ${rules} of ${shown} with ${which} before they reached a host: they, and what follows from them, differ from production’s.`;
}

/** A snapshot in any format, wherever it lies, as the pieces of its SQL. @throws as `snapshotText` and `SqlPieces.read` */
export async function* snapshotPieces(
  source: MaskableSource,
  { shown, signal, serverMajor }: ReadOptions,
): AsyncGenerator<SqlPiece> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const onSha256 = (sha256: string): void => {
    requireSha256({ source, shown }, sha256);
  };
  const { from, close } = readingOf(source, until);
  try {
    const text = snapshotText({ from, shown, serverMajor, onSha256 });
    const pieces = new SqlPieces(shown, { openEnd: false });
    const onConnect = (): void => {
      pieces.resetSettings();
    };
    const chosen = new ChosenDatabase({ wanted: source.database, shown, onConnect });
    for await (const piece of chosen.pieces(pieces.read(text)))
      yield piece.type === 'statement' ? withoutPassword(piece) : piece;
  } finally {
    over.abort(new Error('the source is read no more'));
    await close();
  }
}

function readingOf(source: MaskableSource, signal: AbortSignal) {
  if (source.kind === 'file') return { from: { path: source.path }, close: async () => Promise.resolve() };
  const remote = remoteSource(source, process.env);
  return { from: { bytes: readRemote(remote, { signal }) }, close: async () => remote.close?.() };
}

function bytesOf(piece: SqlPiece): Buffer {
  switch (piece.type) {
    case 'comment':
      return Buffer.from(`-- ${piece.text}\n`);
    case 'meta':
      return Buffer.from(`\\${piece.text}\n`);
    case 'statement':
      return Buffer.concat([piece.bytes, Buffer.from('\n')]);
    case 'copy-data':
      return piece.bytes;
    case 'copy-end':
      return Buffer.from('\\.\n');
  }
}
