import { z } from 'zod';
import { moment, number } from './primitives.ts';

/** Why nobody heard of a server: as `Door` (server-watch/knock.ts), or it came up again after a crash or a restart. */
const AWAY_WHY = ['unreachable', 'silent', 'restarting'] as const;

/**
 * artifacts/presence.ndjson: when a server, or this tool itself, was away. An empty file = never. Older runs have none.
 */
export const PresenceRecord = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('away'),
    role: z.enum(['primary', 'standby']),
    why: z.enum(AWAY_WHY),
    fromMs: moment,
    toMs: moment,
  }),
  z.object({
    type: z.literal('stood-still'),
    fromMs: moment,
    toMs: moment,
  }),
  z.object({
    type: z.literal('crash'),
    role: z.enum(['primary', 'standby']),
    pid: number,
    signal: number,
    tMs: moment,
  }),
]);
export type PresenceRecord = z.infer<typeof PresenceRecord>;
