import type pg from 'pg';
import type { Disarmed, SnapshotRecord } from '../../artifacts/records/records.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import type { PgSetting } from '../../plan/model.ts';
import { withRestoreSession } from '../restore-session.ts';
import { otherCollations } from './other-collations.ts';
import type { StartedCopy } from './physical-copy.ts';

type Restored = Pick<SnapshotRecord, 'kind' | 'sha256' | 'sourceBytes' | 'warnings'> & {
  readonly takenAt: string;
};

interface OnCopy {
  readonly copy?: StartedCopy | undefined;
  readonly endpoint: PgEndpoint;
  readonly settings: readonly PgSetting[];
  readonly signal: AbortSignal;
}

/** What is known of a physical copy once a server runs on it: nothing is left to restore. */
export async function ofCopy({ copy, endpoint, settings, signal }: OnCopy): Promise<Restored> {
  if (copy === undefined) throw new Error('the server did not begin on the physical copy');
  const { sha256, sourceBytes, takenAt, warnings } = copy;
  const collations = await withRestoreSession(endpoint, settings, signal, otherCollations);
  return { kind: 'physical', sha256, sourceBytes, takenAt, warnings: [...warnings, ...collations] };
}

/** Event triggers as production has them; those that call out are off again before anything is done that would fire one. */
export async function putTriggersBack(client: pg.Client, copy: StartedCopy | undefined): Promise<void> {
  for (const { name, enabled } of copy?.eventTriggers ?? [])
    await client.query('update pg_catalog.pg_event_trigger set evtenabled = $2 where evtname = $1', [
      name,
      enabled,
    ]);
}

/** What was made harmless before the first start, and after it. */
export function allDisarmed(copy: StartedCopy | undefined, later: readonly Disarmed[]): readonly Disarmed[] {
  const before = copy?.disarmed ?? [];
  const isKnown = ({ kind, name }: Disarmed): boolean =>
    before.some((each) => each.kind === kind && each.name === name);
  return [...before, ...later.filter((each) => !isKnown(each))];
}
