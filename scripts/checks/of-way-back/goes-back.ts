import type { RunRecord } from '../../artifacts/records/records.ts';

/** Whether a playing turns around before the point of no return. */
export function goesBack({ plan }: Pick<RunRecord, 'plan'>): boolean {
  return plan.some(({ way }) => way !== undefined);
}
