import type { Target } from '../../../infra/contract/target.ts';
import { planSha256 } from '../../artifacts/plan-copy.ts';
import type { RunRecord } from '../../artifacts/records/records.ts';
import type { RunFolder } from '../../artifacts/run-folder.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';

/**
 * The record of a run that goes on on its hosts although the process that started it has died.
 * @throws USAGE where there is nothing to go on with
 */
export async function resumableRecord(
  folder: RunFolder,
  rehearsal: Rehearsal,
  target: Target,
): Promise<RunRecord> {
  const record = await folder.readDocument('run');
  const why = !record
    ? 'it has no record'
    : record.outcome !== 'running'
      ? `it has ended: ${record.outcome}`
      : record.target !== target.name
        ? `it was on target ${record.target}, not ${target.name}`
        : target.keeps !== true
          ? `on target ${target.name} a run ends with the process that started it`
          : record.planSha256 !== (await planSha256(rehearsal))
            ? 'the plan has changed since'
            : undefined;
  if (record && why === undefined) return record;
  throw new RehearsalError('USAGE', `${folder.path} cannot be gone on with: ${why ?? ''}`, {
    hint: 'start a new run; rehearse reap --execute removes what the old one left',
  });
}
