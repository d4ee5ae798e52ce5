import { z } from 'zod';
import { flag, positiveDuration, words } from '../fields.ts';

/** `$1`, `€0.50`, `0.50 EUR`, `2`: what stands before or behind the number is a currency. */
const MONEY = /^[$€]?\s*\d+(\.\d+)?\s*([A-Za-z]{3})?$/;

/** Of hosts that are rented by the hour, whichever cloud they are of. */
export const cloudSettingsSchema = z.strictObject({
  location: words('a location of the cloud', 'nbg1')
    .exactOptional()
    .describe('Rent there only; without it, the first location that has a fitting plan for each host.'),
  maxCost: words('an amount of money', '$1', MONEY)
    .exactOptional()
    .describe(
      'Order nothing where the hosts may cost more until they expire, or where a price is not known. A bare number is in the cloud’s currency.',
    ),
  expiresAfter: positiveDuration('2h')
    .exactOptional()
    .describe('Nothing that is rented lives longer, kept or not; 2h without it.'),
  allowUpFront: flag(true)
    .exactOptional()
    .describe('Rent also where the account pays a month up front for each host and gets the rest credited.'),
});

export type CloudSettings = z.infer<typeof cloudSettingsSchema>;
