import type { Evidence } from '../../evidence/evidence.ts';

/** The load as a share of what the app could do before the run, at least; null where that was not measured. */
export function capacityShare({ load, run }: Pick<Evidence, 'load' | 'run'>): number | null {
  const event = load?.find(({ type }) => type === 'capacity');
  return event?.type === 'capacity' ? run.load.ratePerSec / event.perSec : null;
}
