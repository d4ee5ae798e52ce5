import type { SqlStatement } from '../pg/split.ts';
import type { TransactionMode } from './model.ts';
import type { ParsedSqlFile } from './read/reading.ts';

type FiledStatement = SqlStatement & { readonly file: string };

export interface TransactionMistake {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Where the statements of one `sql` step do not fit the way in which they are to be run. They run in one session. */
export function transactionMistakes(
  mode: TransactionMode,
  files: readonly ParsedSqlFile[],
): TransactionMistake[] {
  const statements: FiledStatement[] = files.flatMap(({ file, statements: own }) =>
    (own ?? []).map((statement) => ({ file, ...statement })),
  );
  switch (mode) {
    case 'single':
      return statements.flatMap(({ file, line, text, control, outsideTransaction, node }) => {
        if (control !== null && control !== 'savepoint')
          return [{ file, line, message: `${headOf(text)} cannot stand in a step with transaction: single` }];
        if (!outsideTransaction) return [];
        const why =
          node === 'CallStmt' || node === 'DoStmt'
            ? 'may end the transaction'
            : 'cannot run in a transaction';
        return [
          { file, line, message: `${headOf(text)} ${why}; write transaction: none, or a step of its own` },
        ];
      });
    case 'none':
      return statements.flatMap(({ file, line, text, control }) =>
        control === null
          ? []
          : [{ file, line, message: `${headOf(text)} cannot stand in a step with transaction: none` }],
      );
    case 'as-written':
      return blockMistakes(statements);
    case 'file':
      return files.flatMap((file) =>
        transactionMistakes(isOneTransaction(file) ? 'single' : 'as-written', [file]).map((mistake) => ({
          ...mistake,
          message: mistake.message
            .replace('transaction: single', 'transaction: file')
            .replace('a step of its own', 'a file of its own'),
        })),
      );
  }
}

/** A single statement needs no transaction around it, and some cannot stand in one; nor a file that its tool exempts. */
export function isOneTransaction({
  asWritten,
  statements,
}: {
  readonly asWritten?: true;
  readonly statements: readonly SqlStatement[] | undefined;
}): boolean {
  return asWritten !== true && (statements ?? []).length > 1;
}

/** Statements that PostgreSQL would refuse inside the author's own BEGIN … COMMIT, and a BEGIN without an end. */
function blockMistakes(statements: readonly FiledStatement[]): TransactionMistake[] {
  const mistakes: TransactionMistake[] = [];
  let open: { file: string; line: number } | undefined;
  for (const { file, line, text, control, outsideTransaction, node } of statements) {
    if (control === 'begin') open ??= { file, line };
    if ((control === 'commit' || control === 'rollback') && !/\band\s+chain\s*$/i.test(text))
      open = undefined;
    // CALL and DO are refused only if they really end the transaction, which only running them can tell.
    const certain = outsideTransaction && node !== 'CallStmt' && node !== 'DoStmt';
    if (open && certain) {
      const where = `line ${open.line}${open.file === file ? '' : ` of ${open.file}`}`;
      const message = `${headOf(text)} cannot run in a transaction, and BEGIN on ${where} opened one`;
      mistakes.push({ file, line, message });
    }
  }
  if (open)
    mistakes.push({ ...open, message: 'the transaction that begins here is never ended; write COMMIT' });
  return mistakes;
}

/** The first words of a statement. */
function headOf(text: string): string {
  const words = text.split(/\s+/);
  const head = words.slice(0, 4).join(' ');
  return words.length > 4 ? `${head} …` : head;
}
