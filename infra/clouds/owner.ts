import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

const CHARS = 12;

/** Of this user in this checkout on this machine, as tags have it: it tells our things from those of others with the account. */
export function ownerMark(): string {
  const uid = process.getuid?.() ?? 0;
  return createHash('sha256').update(`${hostname()} ${uid} ${OWN_ROOT}`).digest('hex').slice(0, CHARS);
}
