import type { SentStatement } from '../../commands/wire/statement-reader.ts';
import type { ServerWords } from '../../pg/messages/server-words.ts';

/** Says that nothing more runs until the transaction is ended. */
const IN_FAILED_TRANSACTION = '25P02';
/** What programs send on their way out. */
const TIDIES_UP =
  /^\s*(rollback|abort|commit|end|deallocate|discard|unlisten|select\s+pg_advisory_unlock|set|reset)\b/i;

/** The error that a program most likely failed by: the last one, if no statement of work went through behind it. */
export class LastError {
  #words: ServerWords | null = null;
  #sql = '';

  note({ sql, answers }: SentStatement): void {
    for (const { error } of answers) {
      if (error === null) {
        if (!TIDIES_UP.test(sql)) this.#words = null;
      } else if (error.code !== IN_FAILED_TRANSACTION) {
        this.#words = error;
        this.#sql = sql;
      }
    }
  }

  get words(): ServerWords | null {
    return this.#words;
  }

  /** The text that was refused, all of it where it held several statements. */
  get sql(): string {
    return this.#sql;
  }
}
