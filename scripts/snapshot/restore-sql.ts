import { isUtf8 } from 'node:buffer';
import type pg from 'pg';
import { registerNames, wordsOf } from '../pg/messages/public-names.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { withoutConstants } from '../pg/sql/without-constants.ts';
import type { PgSetting } from '../plan/model.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import type { Disarming } from './disarm/disarming.ts';
import { ChosenDatabase } from './cluster/chosen-database.ts';
import { ClusterObjects } from './cluster/cluster-objects.ts';
import { WholeDatabase } from './cluster/whole-database.ts';
import type { Masking } from './mask/masking.ts';
import type { Synthesis } from './synth/synthesis.ts';
import { CopySink } from './text/copy-sink.ts';
import { parseMetaCommand } from './text/meta-command.ts';
import { runRaw } from './raw-query.ts';
import { copyRow, linesBefore, restoreError } from './restore-error.ts';
import { RestoreGaps } from './restore-gaps.ts';
import { applySettings } from './restore-session.ts';
import { PSQL_COMMANDS } from './text/sql-commands.ts';
import type { SqlPieces } from './text/sql-pieces.ts';
import type { SqlPiece, StatementPiece } from '../pg/scanner/sql-piece.ts';
import { statementHead } from './text/statement-head.ts';

interface SqlRestoreOptions {
  readonly pieces: SqlPieces;
  /** How messages call the source. */
  readonly shown: string;
  readonly settings: readonly PgSetting[];
  /** `snapshot.database`: the one of several that is meant. */
  readonly database?: string | undefined;
  /** Called with what is being restored. */
  readonly onObject: (name: string) => void;
  /** What the pieces pass through on their way. */
  readonly masking?: Masking | undefined;
  /** What makes rows in their place. */
  readonly synthesis?: Synthesis | undefined;
  /** Called with each comment between statements, without its dashes. */
  readonly onComment?: ((text: string) => void) | undefined;
  /** Undefined of SQL that was written for the rehearsal. */
  readonly disarming: Disarming | undefined;
}

/** Runs a SQL text on one connection in its own order. COPY data goes straight from the source to the server. */
export class SqlRestore {
  readonly #client: pg.Client;
  readonly #options: SqlRestoreOptions;
  readonly #gaps = new RestoreGaps();
  readonly #wholeDatabase: WholeDatabase;
  readonly #chosen: ChosenDatabase;
  readonly #cluster: ClusterObjects;
  #copy: { readonly sink: CopySink; readonly statement: StatementPiece } | undefined;
  #statements = 0;

  constructor(client: pg.Client, options: SqlRestoreOptions) {
    this.#client = client;
    this.#options = options;
    this.#wholeDatabase = new WholeDatabase(client.database ?? '');
    this.#cluster = new ClusterObjects(client.user ?? '');
    const onConnect = (): void => {
      options.pieces.resetSettings();
    };
    this.#chosen = new ChosenDatabase({ wanted: options.database, shown: options.shown, onConnect });
  }

  /** Runs it all and returns what was left out, as sentences. @throws SNAPSHOT_INVALID, RESTORE_FAILED, DISK_FULL, CONNECTION_FAILED */
  async run(content: AsyncIterable<Buffer>): Promise<string[]> {
    const { shown, masking, synthesis } = this.#options;
    for await (const piece of this.#pieces(content)) await this.#take(piece);
    if (this.#client.getTransactionStatus() !== 'I') {
      throw new RehearsalError('SNAPSHOT_INVALID', `${shown} ends inside a transaction: COMMIT is missing`, {
        hint: 'What an open transaction did is lost. If the file was cut short, copy it again.',
      });
    }
    return [
      ...this.#gaps.warnings,
      ...this.#cluster.notes,
      ...this.#chosen.notes,
      ...this.#wholeDatabase.warnings,
      ...(masking?.notes ?? []),
      ...(synthesis?.notes ?? []),
    ];
  }

  #pieces(content: AsyncIterable<Buffer>): AsyncIterable<SqlPiece> {
    const { pieces, masking, synthesis } = this.#options;
    const read = this.#chosen.pieces(pieces.read(content));
    if (synthesis !== undefined) return synthesis.pieces(read, this.#client);
    return masking === undefined ? read : masking.pieces(read);
  }

  async #take(piece: SqlPiece): Promise<void> {
    switch (piece.type) {
      case 'comment':
        this.#options.onComment?.(piece.text);
        return;
      case 'meta':
        return this.#meta(piece.text, piece.line);
      case 'statement':
        if (!piece.copiesStdin) return this.#statement(piece);
        this.#openCopy(piece);
        return;
      case 'copy-data':
        return this.#toCopy((sink) => sink.write(piece.bytes));
      case 'copy-end':
        await this.#toCopy((sink) => sink.end());
        if (this.#copy) await this.#options.disarming?.after(this.#client, this.#copy.statement);
        this.#copy = undefined;
    }
  }

  async #statement(written: StatementPiece): Promise<void> {
    this.#options.onObject(this.#nameOf(written));
    const { disarming } = this.#options;
    const statement = this.#mapped(written);
    if (statement === undefined || this.#gaps.skips(statement)) return;
    if (disarming?.leavesOut(statement) === true) return;
    // An error inside the author's own transaction ends that transaction: nothing can be mended then.
    const mendable = this.#client.getTransactionStatus() === 'I';
    try {
      await runRaw(this.#client, statement.bytes);
    } catch (error) {
      if (mendable && disarming?.excuses(statement, error) === true) return;
      const rescue = mendable ? await this.#gaps.rescue(this.#client, statement, error) : undefined;
      if (rescue === undefined) throw this.#statementError(error, statement);
      if (rescue === 'retry') return this.#statement(written);
    }
    this.#statements += 1;
    await disarming?.after(this.#client, statement);
  }

  /** SQL that was written for the rehearsal may say of its roles what it likes. */
  #mapped(written: StatementPiece): StatementPiece | undefined {
    const statement = this.#wholeDatabase.mapped(written);
    if (statement === undefined || this.#options.disarming === undefined) return statement;
    return this.#cluster.mapped(statement);
  }

  #openCopy(statement: StatementPiece): void {
    this.#options.onObject(statementHead(statement));
    if (this.#options.disarming?.leavesOutRows(statement) === true) return;
    if (!isUtf8(statement.bytes)) {
      throw new RehearsalError(
        'SNAPSHOT_INVALID',
        `${this.#options.shown} line ${statement.line} names a table or column in another encoding than UTF-8`,
        { hint: 'Take the dump with pg_dump --encoding=UTF8.' },
      );
    }
    this.#copy = { sink: new CopySink(this.#client, statement.bytes.toString()), statement };
    this.#statements += 1;
  }

  async #toCopy(act: (sink: CopySink) => Promise<void>): Promise<void> {
    if (!this.#copy) return;
    const { sink, statement } = this.#copy;
    try {
      await act(sink);
    } catch (error) {
      registerNames(wordsOf(statement.bytes.toString()));
      const row = copyRow(error);
      const firstRow = statement.line + linesBefore(statement.bytes.length, statement.bytes) + 1;
      const line = row === undefined ? statement.line : firstRow + row - 1;
      throw restoreError(
        error,
        this.#where(line, statementHead(statement)),
        this.#gaps.hintFor(asError(error).message),
      );
    }
  }

  async #meta(text: string, line: number): Promise<void> {
    const command = parseMetaCommand(text);
    switch (command.type) {
      case 'ignore':
        return;
      case 'encoding':
        await this.#client.query(`set client_encoding = ${this.#client.escapeLiteral(command.encoding)}`);
        return;
      case 'connect':
        this.#wholeDatabase.connect(command.database);
        // psql would begin a new session here.
        await this.#client.query('reset session authorization');
        await this.#client.query('reset all');
        await applySettings(this.#client, this.#options.settings);
        this.#options.pieces.resetSettings();
        return;
      case 'unsupported':
        throw new RehearsalError(
          'SNAPSHOT_INVALID',
          `${this.#options.shown} line ${line}: ${metaName(command.name)} is a command of psql that only psql can run`,
          { hint: 'Write it as SQL, or restore by a command: snapshot: { command: psql -f … }' },
        );
    }
  }

  #statementError(error: unknown, statement: StatementPiece): Error {
    registerNames(wordsOf(withoutConstants(statement.bytes.toString())));
    const position = (error as { position?: string }).position;
    const offset = position === undefined ? 0 : linesBefore(Number(position), statement.bytes);
    const failed = restoreError(
      error,
      this.#where(statement.line + offset, this.#nameOf(statement)),
      this.#gaps.hintFor(asError(error).message),
    );
    if (sqlstateOf(error) !== '42601' || this.#statements > 0) return failed;
    return new RehearsalError(
      'SNAPSHOT_INVALID',
      `${this.#options.shown} is not SQL of PostgreSQL: ${failed.message}`,
    );
  }

  #nameOf(statement: StatementPiece): string {
    return this.#options.pieces.frame.object ?? (statementHead(statement) || 'a statement');
  }

  #where(line: number, name: string): string {
    return `${this.#options.shown} line ${line}, ${name}`;
  }
}

/** What stands after a backslash may be data. */
function metaName(name: string): string {
  return PSQL_COMMANDS.has(name) ? `\\${name}` : 'a backslash with what follows it';
}
