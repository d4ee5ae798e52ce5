import type { SqlStatement } from '../../../pg/sql/split.ts';
import type { TransactionMode } from '../../model.ts';
import type { ParsedSqlFile } from '../reading.ts';

type FiledStatement = SqlStatement & { readonly file: string };

interface TransactionMistake {
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
      return files.flatMap(fileMistakes);
  }
}

/** A file in a transaction of its own, which a COMMIT in it ends. */
function fileMistakes(file: ParsedSqlFile): TransactionMistake[] {
  const statements = (file.statements ?? []).map((statement) => ({ file: file.file, ...statement }));
  if (file.apart) return [];
  if (!isOneTransaction(file)) return blockMistakes(statements);
  const end = statements.findIndex(endsTransaction);
  const inside = file.begun === 'once' && end !== -1 ? statements.slice(0, end) : statements;
  const behind = statements.slice(inside.length + 1);
  const { rule, begun } = file;
  const refused = inside.flatMap((statement) => {
    const { file: name, line, text, control, outsideTransaction } = statement;
    if (control !== null && control !== 'savepoint') {
      if (!isChained(text)) return [];
      return [{ file: name, line, message: `${headOf(text)} cannot stand in a step with transaction: file` }];
    }
    if (!outsideTransaction) return [];
    const mayEndIt = !isCertainlyOutside(statement);
    if (mayEndIt && statements.length === 1) return [];
    const why = mayEndIt ? 'may end the transaction' : 'cannot run in a transaction';
    const around = begun && rule ? `, and ${rule.tool} begins one around every file` : '';
    const remedy = rule?.remedy ?? 'write transaction: none, or a file of its own';
    return [{ file: name, line, message: `${headOf(text)} ${why}${around}; ${remedy}` }];
  });
  const ended = statements[end];
  if (rule?.commitFails && ended) {
    const message = `${headOf(ended.text)} ends the transaction of ${rule.tool}, which fails then; leave BEGIN and COMMIT to it`;
    return [...refused, { file: ended.file, line: ended.line, message }];
  }
  if (begun === 'once') return [...refused, ...blockMistakes(behind)];
  return begun ? refused : [...refused, ...openMistakes(statements)];
}

/** Of a file that is sent as one query: its own BEGIN must have an end. */
function openMistakes(statements: readonly FiledStatement[]): TransactionMistake[] {
  return blockMistakes(statements.filter(({ control }) => control !== null && control !== 'savepoint'));
}

function isChained(text: string): boolean {
  return /\band\s+chain\s*$/i.test(text) && !/\bno\s+chain\s*$/i.test(text);
}

/** CALL and DO are refused only if they really end the transaction, which only running them can tell. */
export function isCertainlyOutside({
  outsideTransaction,
  node,
}: Pick<SqlStatement, 'outsideTransaction' | 'node'>): boolean {
  return outsideTransaction && node !== 'CallStmt' && node !== 'DoStmt';
}

/** Does the author's own COMMIT or ROLLBACK stand here? */
export function endsTransaction({ control }: Pick<SqlStatement, 'control'>): boolean {
  return control === 'commit' || control === 'rollback';
}

/** A single statement has no transaction around it where its tool begins none; nor a file that its tool exempts. */
export function isOneTransaction({
  asWritten,
  begun,
  statements,
}: {
  readonly asWritten?: true;
  readonly begun?: ParsedSqlFile['begun'];
  readonly statements: readonly SqlStatement[] | undefined;
}): boolean {
  return asWritten !== true && (begun !== undefined || (statements ?? []).length > 1);
}

/** Statements that PostgreSQL would refuse inside the author's own BEGIN … COMMIT, and a BEGIN without an end. */
function blockMistakes(statements: readonly FiledStatement[]): TransactionMistake[] {
  const mistakes: TransactionMistake[] = [];
  let open: { file: string; line: number } | undefined;
  for (const { file, line, text, control, outsideTransaction, node } of statements) {
    if (control === 'begin') open ??= { file, line };
    if ((control === 'commit' || control === 'rollback') && !/\band\s+chain\s*$/i.test(text))
      open = undefined;
    if (open && isCertainlyOutside({ outsideTransaction, node })) {
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
