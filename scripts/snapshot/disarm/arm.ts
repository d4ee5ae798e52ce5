import type pg from 'pg';
import type { Disarmed } from '../../artifacts/records/records.ts';

/** One kind of thing by which a copy of production reaches what is outside of it. */
export interface Arm {
  /** May there be a new one after the statement? `head`: its first words, in lower case. */
  isArmedBy(head: string, text: () => string): boolean;
  /** Makes all of the kind harmless, as a superuser. @returns those that were not so before */
  disarm(client: pg.Client): Promise<Disarmed[]>;
}
