import { z } from 'zod';
import { moment, number, text } from './primitives.ts';

/** artifacts/probes.ndjson: the life of each probe. One that has no `stopped` line died. */
export const ProbeRecord = z.object({
  probe: z.enum(['requests', 'waits', 'server', 'compatibility', 'presence', 'schema', 'rollback']),
  event: z.enum(['started', 'stopped', 'died', 'gap']),
  tMs: moment,
  message: text.nullable(),
  /** Of a gap, which ended at `tMs`. */
  awayMs: number.exactOptional(),
});
export type ProbeRecord = z.infer<typeof ProbeRecord>;
