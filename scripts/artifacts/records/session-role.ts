import { z } from 'zod';

/**
 * Who a session is, known by its process id. `tool`: the rehearsal's own looking; `server`: no client's, such as autovacuum;
 * `prepared`: no session, but a prepared transaction, whose process id is made up and below 0; `other`: nobody knows.
 */
export const SessionRole = z.enum([
  'app',
  'migration',
  'command',
  'compatibility',
  'actor',
  'tool',
  'server',
  'prepared',
  'other',
]);
export type SessionRole = z.infer<typeof SessionRole>;
