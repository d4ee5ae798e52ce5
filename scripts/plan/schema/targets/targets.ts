import { z } from 'zod';
import { cloudSettingsSchema } from './clouds.ts';
import { sshSchema } from './ssh.ts';

/**
 * `targets` of rehearsal.yaml, settings.yaml and the stack's config: what a target has to know besides its name. One target is one
 * file beside this one and one line here. None of it is secret: tokens come from the environment, and keys are named by their paths.
 */
export const targetsSchema = z.strictObject({
  ssh: sshSchema.exactOptional().describe('[Hosts of your own](hosts.md#target-ssh), over SSH.'),
  raff: cloudSettingsSchema.exactOptional().describe('Hosts rented of Raff.'),
  hcloud: cloudSettingsSchema.exactOptional().describe('Hosts rented of Hetzner Cloud.'),
  digitalocean: cloudSettingsSchema.exactOptional().describe('Hosts rented of DigitalOcean.'),
});

/** By the target's name; a target that nothing is said of has none. */
export type TargetSettings = z.infer<typeof targetsSchema>;
