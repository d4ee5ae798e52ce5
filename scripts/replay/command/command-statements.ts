import type { CommandSessionsRecord, CommandStatementRecord } from '../../artifacts/records/records.ts';
import type { RelayedSession } from '../../commands/session-relay.ts';
import type { Answer, SentStatement } from '../../commands/wire/statement-reader.ts';
import type { ServerWords } from '../../pg/messages/server-words.ts';
import { makePublic } from '../../pg/messages/guard.ts';
import { publicStatement } from '../../pg/messages/public-statement.ts';
import { splitSql } from '../../pg/sql/split.ts';
import type { Answered } from '../../probes/schema-watch/beside/beside-watch.ts';
import type { Refused } from '../../probes/schema-watch/refused-rows/condition.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { Notices } from '../session/notices.ts';
import { LastError } from './last-error.ts';

/** Of one command; a tool that sends more than this fills tables. */
const MOST_STATEMENTS = 5000;
const MOST_CHARACTERS = 8 * 1024 ** 2;
/** Of those that change rows. */
const MOST_BULK = 500;
/** A statement that changed so many rows changes a table, and not what is in it. */
const BULK_ROWS = 1000;

/** Reads and writes rows, or moves a transaction. */
const OF_ROWS =
  /^\s*(select|insert|update|delete|merge|with|copy|values|table|begin|start|commit|end|rollback|abort|savepoint|release|show|fetch|close|declare|move|explain|deallocate|listen|notify|lock)\b/i;
const ALWAYS_KEPT = /_timeout|session_replication_role|\bpg_(constraint|trigger)\b/i;
/** Sets nothing but a timeout, by a value that is none of a row's. */
const SETS_TIMEOUT =
  /^\s*((re)?set\s+((session|local)\s+)?\w+_timeout(\s*(=|\bto\b)\s*('[\d.]+\s*\w*'|[\d.]+|default))?|select\s+(pg_catalog\.)?set_config\(\s*'\w+_timeout'\s*,\s*'[\d.]+\s*\w*'\s*,\s*\w+\s*\))\s*;?\s*$/i;

interface Kept extends SentStatement {
  readonly pid: number | null;
  /** When its transaction had ended; null = it goes on. */
  releasedMs: number | null;
}
/** One statement and what it was answered, without values of rows but in its own text. */
type Divided = Answered & Omit<Kept, 'answers'> & { readonly command: string | null };

/** What the sessions of a command sent, as far as it can matter to what is looked at behind the step. */
export class CommandStatements {
  readonly #kept: Kept[] = [];
  /** Of each session, in the transaction that goes on. */
  readonly #open = new Map<RelayedSession, Kept[]>();
  #bulk = 0;
  readonly #lastError = new LastError();
  #characters = 0;
  #isWhole = true;

  note(statement: SentStatement, session: RelayedSession): void {
    this.#lastError.note(statement);
    if (isOfRows(statement)) this.#noteBulk(statement, session);
    else if (this.#kept.length >= MOST_STATEMENTS || this.#characters > MOST_CHARACTERS)
      this.#isWhole = false;
    else {
      this.#keep(statement, session);
      if (statement.isCut) this.#isWhole = false;
    }
  }

  /** The session holds nothing of a transaction any more. */
  release(session: RelayedSession, atMs: number): void {
    for (const kept of this.#open.get(session) ?? []) kept.releasedMs = atMs;
    this.#open.delete(session);
  }

  #noteBulk(statement: SentStatement, session: RelayedSession): void {
    const isBulk = /^\s*lock\b/i.test(statement.sql) || statement.answers.some(changesMany);
    if (!isBulk || this.#bulk >= MOST_BULK || this.#characters > MOST_CHARACTERS) return;
    this.#bulk += 1;
    this.#keep(statement, session);
  }

  #keep(statement: SentStatement, session: RelayedSession): void {
    const kept = { ...statement, pid: session.pid, releasedMs: null };
    this.#kept.push(kept);
    this.#characters += statement.sql.length;
    const open = this.#open.get(session);
    if (open === undefined) this.#open.set(session, [kept]);
    else open.push(kept);
  }

  /** What the server refused last, if the command did nothing more behind it. */
  lastError(): Answered['error'] {
    return this.#lastError.words && publicError(this.#lastError.words);
  }

  /** The same, with what PostgreSQL names in fields of their own. */
  lastRefusal(): Refused | undefined {
    const { words, sql } = this.#lastError;
    if (words === null) return undefined;
    const { code, schema, table, column, constraint } = words;
    return { sql, refusal: { code, schema, table, column, constraint } };
  }

  sessions(step: string, sessions: readonly RelayedSession[], clock: RunClock): CommandSessionsRecord {
    const unread = sessions.filter(({ isReadable }) => !isReadable).length;
    const counts = { sessions: sessions.length, unread, isWhole: this.#isWhole };
    return { type: 'command-sessions', step, tMs: clock.now(), ...counts };
  }

  /** One by one, also those that were sent in one text. Call it when the names of what they made are known. */
  async divided(): Promise<Divided[]> {
    const all: Divided[] = [];
    for (const { answers, ...kept } of this.#kept) {
      const split = answers.length > 1 ? await splitSql(kept.sql) : undefined;
      const texts = split?.ok === true ? split.statements.map(({ text }) => text) : [];
      const parts = texts.length >= answers.length ? answers : [together(answers)];
      parts.forEach((answer, at) => {
        const sql = parts.length > 1 ? (texts[at] ?? kept.sql) : kept.sql;
        all.push({ ...kept, ...publicly(answer), index: null, sql, command: answer.command });
      });
    }
    return all;
  }
}

/** Of those that were divided, in the order in which they were answered, what is told. */
export function commandRecords(
  step: string,
  statements: readonly Divided[],
  clock: RunClock,
): CommandStatementRecord[] {
  const shiftMs = clock.now() - monotonicMs();
  return statements.map(({ sql, pid, sentMs, respondedMs, releasedMs, command, error, notices = [] }) => {
    const isSetting = SETS_TIMEOUT.test(sql);
    return {
      type: 'command-statement',
      step,
      pid,
      tMs: respondedMs + shiftMs,
      sentMs: sentMs + shiftMs,
      releasedMs: (releasedMs ?? respondedMs) + shiftMs,
      sql: isSetting ? sql.trim() : publicStatement(sql),
      command,
      error: error && { sqlstate: error.sqlstate, message: error.message },
      ...(notices.length === 0 ? {} : { notices }),
    };
  });
}

function isOfRows({ sql, answers }: SentStatement): boolean {
  if (answers.length > 1 || !OF_ROWS.test(sql) || ALWAYS_KEPT.test(sql)) return false;
  return answers.every(({ error, notices }) => error === null && notices.length === 0);
}

/** By a command tag such as `DELETE 20000` or `INSERT 0 20000`. */
function changesMany({ command }: Answer): boolean {
  const rows = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(command ?? '')?.[1];
  return Number(rows ?? 0) >= BULK_ROWS;
}

function together(answers: readonly Answer[]): Answer {
  return {
    command: answers.at(-1)?.command ?? null,
    error: answers.at(-1)?.error ?? null,
    notices: answers.flatMap(({ notices }) => notices),
  };
}

function publicly({ notices: said, error }: Answer): Pick<Answered, 'error' | 'notices'> {
  const notices = new Notices();
  for (const words of said) {
    makePublic(words, 'command');
    notices.note(words);
  }
  const told = notices.take();
  return { error: error && publicError(error), ...(told.length === 0 ? {} : { notices: told }) };
}

function publicError(words: ServerWords): NonNullable<Answered['error']> {
  makePublic(words, 'command');
  const { code, message = '', hint } = words;
  return { sqlstate: code ?? null, message, hint: hint ?? null, file: null, line: null, excerpt: null };
}
