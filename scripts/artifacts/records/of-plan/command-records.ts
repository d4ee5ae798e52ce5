import type { StatementNotice } from './statement-record.ts';

/* What is seen of a command step's sessions; artifacts/steps.ndjson. */

/**
 * A statement that a session of a command sent: each one that is not about rows, and of those what changed a thousand or more.
 * Older runs tell only of those to which the server said something beside its answer, or that set a timeout.
 */
export interface CommandStatementRecord {
  readonly type: 'command-statement';
  readonly step: string;
  /** Null where the server did not say. */
  readonly pid: number | null;
  /** When its answer, or that of the text that it was sent in, had passed by. */
  readonly tMs: number;
  readonly sentMs: number;
  /** When its transaction had ended. Absent in older runs. */
  readonly releasedMs?: number;
  /** Without constants and names that are not public; of a statement that sets a timeout as it was sent. */
  readonly sql: string;
  readonly command: string | null;
  readonly error: { readonly sqlstate: string | null; readonly message: string } | null;
  readonly notices?: readonly StatementNotice[];
}

/** How far the sessions of a command could be read, when it had ended. */
export interface CommandSessionsRecord {
  readonly type: 'command-sessions';
  readonly step: string;
  readonly tMs: number;
  readonly sessions: number;
  /** Of these: encrypted, or in words that are no PostgreSQL. */
  readonly unread: number;
  /** False where they sent more than was kept. */
  readonly isWhole: boolean;
}
