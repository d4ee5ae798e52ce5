import { z } from 'zod';
import { CUT_MOMENTS } from '../../artifacts/records/of-plan/interruption-record.ts';
import { CUTS } from '../../plan/model.ts';
import { isMoment } from '../../shared/moments.ts';

/* What is looked at of steps.ndjson. */

const number = z.number();
const moment = number.refine(isMoment, 'is no moment of a run');
const text = z.string();
const lock = z.object({ relation: text, mode: text });

const notices = z.array(z.object({ message: text, objects: z.array(text).optional() }));

export const stepEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step-start'), step: text, tMs: moment }),
  z.object({
    type: z.literal('step-end'),
    step: text,
    tMs: moment,
    status: z.enum(['ok', 'failed', 'skipped']),
    attempts: number,
    statements: number.optional(),
  }),
  z.object({
    type: z.literal('attempt'),
    step: text,
    attempt: number,
    tMs: moment,
    error: z.object({}),
    pauseMs: moment,
  }),
  z.object({
    type: z.literal('interruption'),
    step: text,
    how: z.enum(CUTS),
    tMs: moment,
    moment: z.enum(CUT_MOMENTS),
    index: number,
    attempt: number,
    file: text.nullable(),
    line: number.nullable(),
    secondAttempt: number,
    downs: z.array(z.object({ fromMs: moment, toMs: moment })).optional(),
    backfill: z
      .object({
        table: text,
        cuts: number,
        rowsTwice: number,
        rowsLeftOut: number.nullable(),
        isSameAgain: z.boolean().nullable(),
      })
      .optional(),
    command: z
      .object({
        sql: text.nullable(),
        toolLocks: z.array(z.object({ tool: text, table: text, remedy: text })),
      })
      .optional(),
    failedIndex: number.nullable(),
    againFrom: text.nullable(),
    serverWentOnMs: moment.nullable(),
    error: z.object({ sqlstate: text.nullable(), message: text }).nullable(),
  }),
  z.object({
    type: z.literal('asked'),
    step: text,
    during: text,
    fromMs: moment,
    tMs: moment,
    rows: number.nullable(),
    sqlstate: text.nullable(),
  }),
  z.object({
    type: z.literal('statement'),
    step: text,
    index: number,
    attempt: number,
    sql: text,
    sentMs: moment,
    respondedMs: moment,
    releasedMs: moment,
    locks: z.array(lock),
    newLocks: z.array(lock),
    rewrote: z.array(text),
    scanned: z.array(z.object({ relation: text, rows: number })).optional(),
    pid: number,
    notices: notices.optional(),
  }),
  z.object({
    type: z.literal('command-statement'),
    step: text,
    pid: number.nullable(),
    tMs: moment,
    sentMs: moment,
    releasedMs: moment.optional(),
    sql: text,
    command: text.nullable(),
    error: z.object({ sqlstate: text.nullable(), message: text }).nullable(),
    notices: notices.optional(),
  }),
  z.object({
    type: z.literal('command-sessions'),
    step: text,
    tMs: moment,
    sessions: number,
    unread: number,
    isWhole: z.boolean(),
  }),
]);
