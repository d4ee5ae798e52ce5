import type { Production } from '../../plan/production/snapshot-facts.ts';
import { formatBytes, formatShare, plural } from '../../shared/text/format.ts';

/** Below this the restored database is as large as production’s. */
const SAME_SHARE = 0.05;

/**
 * How what was restored differs from the server that its snapshot folder was taken from, as sentences for the report.
 * @param serverMajor of the rehearsed server
 * @param bytes of the restored database
 */
export function besideProduction(production: Production, serverMajor: number, bytes: number): string[] {
  const { major, otherSettings } = production;
  const sentences: string[] = [];
  if (major !== serverMajor)
    sentences.push(
      `Production ran PostgreSQL ${major} when the snapshot was taken, and this rehearsal PostgreSQL ${serverMajor}: locks, plans and rewrites may differ.`,
    );
  const share = bytes / Math.max(1, production.bytes) - 1;
  if (Math.abs(share) > SAME_SHARE)
    sentences.push(
      `The restored database has ${formatBytes(bytes)}, ${formatShare(Math.abs(share))} ${share < 0 ? 'less' : 'more'} than the ${formatBytes(production.bytes)} of production: a restore removes bloat, and what reads or writes whole tables takes another time there.`,
    );
  const told = otherSettings.map(({ name, value, here }) => `${name} = ${value} (here ${here ?? 'not set'})`);
  if (told.length > 0)
    sentences.push(
      `Production had ${plural(told.length, 'setting')} that this rehearsal does not follow: ${told.join(', ')}.`,
    );
  return sentences;
}
