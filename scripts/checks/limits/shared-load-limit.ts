import { formatMs, plural } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** Of each other driver host: how much of the load was its, and by how much its times may be wrong. */
export function sharedLoadLimit({ load = [] }: Evidence): string[] {
  return load.flatMap((event) =>
    event.type === 'shared'
      ? [
          `${plural(event.requests, 'request')} came from ${event.host}; their times are known to within ${formatMs(event.clockErrorMs)} on the clock of the first driver.`,
        ]
      : [],
  );
}
