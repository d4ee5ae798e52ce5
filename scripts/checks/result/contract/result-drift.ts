import { z } from 'zod';

/** What a table's rows decide about how long a statement takes. */
export const TIMINGS = ['wholeTable', 'indexBuild', 'byValue'] as const;
export type Timing = (typeof TIMINGS)[number];

const amount = z.number();
const pair = z.object({ before: amount, after: amount });

const reason = z.object({
  timing: z.enum(TIMINGS),
  column: z.string().nullable().describe('Null = it is about the table as a whole'),
  what: z.enum([
    'rows',
    'heapBytesPerRow',
    'toastBytesPerRow',
    'indexBytesPerRow',
    'textBytesPerRow',
    'nullFraction',
    'distinct',
    'widthBytes',
    'commonFrequencies',
    'correlation',
  ]),
  before: amount,
  after: amount,
});
export type DriftReason = z.infer<typeof reason>;

export const driftSchema = z
  .object({
    against: z
      .enum(['statistics', 'what masking read'])
      .describe('`statistics`: production’s own. Else what was read on its way through masking'),
    tables: z
      .array(
        z.object({
          name: z.string(),
          rows: pair
            .nullable()
            .describe('In production, and here; null = not known of production. Likewise the bytes'),
          heapBytes: pair.nullable(),
          toastBytes: pair.nullable(),
          indexBytes: pair.nullable(),
          notComparable: z
            .array(z.enum(TIMINGS))
            .describe(
              '`wholeTable`: what reads or rewrites all of it. `indexBuild`: what builds an index. `byValue`: what finds rows by a value',
            ),
          reasons: z.array(reason).describe('Why not; without any value of a row'),
        }),
      )
      .describe('Those that differ most come first'),
    comparable: z.int().nonnegative().describe('Further tables, of which all timings are comparable'),
    unknown: z.array(z.string()).describe('Tables of which nothing is known in production'),
    leftOut: z
      .int()
      .positive()
      .optional()
      .describe('Further tables that differ; absent where there are none'),
  })
  .optional()
  .describe('How what was rehearsed on differs from production; absent where nothing is known of that');
