import { z } from 'zod';
import { StatementNotice } from './statement-record.ts';
import { moment, number, text } from '../primitives.ts';

/* What is seen of a command step's sessions; artifacts/steps.ndjson. */
/**
 * A statement that a session of a command sent: each one that is not about rows, and of those what changed a thousand or more.
 * Older runs tell only of those to which the server said something beside its answer, or that set a timeout.
 */
export const CommandStatementRecord = z.object({
  type: z.literal('command-statement'),
  step: text,
  /** Null where the server did not say. */
  pid: number.nullable(),
  /** When its answer, or that of the text that it was sent in, had passed by. */
  tMs: moment,
  sentMs: moment,
  /** When its transaction had ended. Absent in older runs. */
  releasedMs: moment.exactOptional(),
  /** Without constants and names that are not public; of a statement that sets a timeout as it was sent. */
  sql: text,
  command: text.nullable(),
  error: z
    .object({
      sqlstate: text.nullable(),
      message: text,
    })
    .nullable(),
  notices: z.array(StatementNotice).readonly().exactOptional(),
});
export type CommandStatementRecord = z.infer<typeof CommandStatementRecord>;

/** How far the sessions of a command could be read, when it had ended. */
export const CommandSessionsRecord = z.object({
  type: z.literal('command-sessions'),
  step: text,
  tMs: moment,
  sessions: number,
  /** Of these: encrypted, or in words that are no PostgreSQL. */
  unread: number,
  /** False where they sent more than was kept. */
  isWhole: z.boolean(),
});
export type CommandSessionsRecord = z.infer<typeof CommandSessionsRecord>;
