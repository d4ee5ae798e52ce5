import type { Analysis } from '../analysis/analyse.ts';
import type { Stop } from './stops.ts';
import { listed } from '../wording.ts';

/** Where the locks of a stop outlived its session: a sentence that says by what; else empty. */
export function keptByPrepared({ step, statement }: Stop, { prepared }: Analysis): string {
  const holds = prepared.filter((hold) => hold.step === step.run && hold.pid === statement?.record.pid);
  if (holds.length === 0) return '';
  const names = listed(holds.map(({ name }) => name));
  return ` The prepared transaction ${names} kept its locks: they stay until COMMIT PREPARED or ROLLBACK PREPARED.`;
}
