import { z } from 'zod';
import { choice } from './fields.ts';

export const networkSchema = choice('a network', ['open', 'rehearsed-only']);

export type WrittenNetwork = z.infer<typeof networkSchema>;

export const commandsSchema = z.strictObject({
  network: networkSchema
    .prefault('open')
    .describe(
      '`rehearsed-only`: commands, with all that they start, reach the rehearsed database and no other address; where that cannot be held, the run does not start. `open`: whatever their host can reach.',
    ),
});
