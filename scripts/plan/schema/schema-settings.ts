import { z } from 'zod';
import { rehearsalSchema } from './schema.ts';

const { postgres, hosts, targets, load, budgets, commands, planRole, nightly } = rehearsalSchema.shape;

/** Of `load` all but what is of one rehearsal. */
const loadSettings = z
  .strictObject(load.omit({ versions: true, actors: true }).partial().shape)
  .describe('The app’s traffic, without its versions.');

export const SETTINGS_OF_LOAD = Object.keys(loadSettings.shape);

/** rehearsals/settings.yaml: what all rehearsals beside it say as long as they say nothing else. */
export const settingsSchema = z
  .strictObject({
    postgres,
    hosts,
    targets,
    load: loadSettings.exactOptional(),
    budgets,
    commands,
    planRole,
    nightly,
  })
  .describe('Settings shared by all rehearsals of a folder: rehearsals/settings.yaml.');
