import { createHmac } from 'node:crypto';

/** Another driver host, which has a share of the load. */
export interface LoadHost {
  /** Such as `driver-2`. */
  readonly name: string;
  /** On the private network. */
  readonly address: string;
  readonly port: number;
}

/**
 * What the driver hosts of a run know each other by: the same whenever it is asked for, and nothing that a server or a log has seen.
 * @param password of the rehearsed database's superuser
 */
export function loadKey(runId: string, password: string): string {
  return createHmac('sha256', password).update(`load of ${runId}`).digest('hex');
}
