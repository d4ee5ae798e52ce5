import type { StatementRecord, StepEvent } from '../../../artifacts/records/records.ts';

/** A statement that a command sent, in the shape of those of sql steps. Its text is without constants, and in no file. */
export interface SentRecord extends StatementRecord {
  readonly isSent: true;
}

/** What the sessions of a command sent, as far as is on record; empty for any other step, and of older runs. */
export function sentStatements(events: readonly StepEvent[]): SentRecord[] {
  return events.flatMap((event, at): SentRecord[] => {
    if (event.type !== 'command-statement' || event.pid === null || event.releasedMs === undefined) return [];
    const { step, pid, sql, command, sentMs, tMs: respondedMs, releasedMs, error, notices } = event;
    return [
      {
        type: 'statement',
        isSent: true,
        step,
        index: at,
        attempt: 1,
        file: '',
        line: 0,
        sql,
        command,
        sentMs,
        respondedMs,
        releasedMs,
        rows: null,
        capture: 'outside',
        newLocks: [],
        rewrote: [],
        walBytes: null,
        sizeChangeBytes: null,
        pid,
        error: error && { ...error, hint: null, file: null, line: null, excerpt: null },
        ...(notices === undefined ? {} : { notices }),
      },
    ];
  });
}

interface Ran {
  readonly statements: readonly StatementRecord[];
  readonly sent: readonly SentRecord[];
}

/** All that the step ran and that is on record, of an sql step and of a command alike. */
export function ranBy({ statements, sent }: Ran): readonly StatementRecord[] {
  return sent.length === 0 ? statements : [...statements, ...sent];
}

/** By which findings and reports name it; null = it has no place in a file of the plan. */
export function placeOf(record: StatementRecord): number | null {
  return 'isSent' in record ? null : record.index;
}

const LONGEST_SQL = 80;

/** `"drop table orders cascade"` */
export function quotedSql(sql: string): string {
  return `"${sql.length > LONGEST_SQL ? `${sql.slice(0, LONGEST_SQL)} …` : sql}"`;
}

/** `statement 2`, or of a command its text. */
export function statementName(record: StatementRecord): string {
  return placeOf(record) === null ? quotedSql(record.sql) : `statement ${record.index}`;
}
