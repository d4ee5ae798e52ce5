import type { RefusedRowsRecord, RowsSince } from '../../artifacts/records/of-plan/schema-records.ts';
import { lockStrength } from '../../pg/lock-modes.ts';
import { plural } from '../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

/**
 * ` 15 rows of items break it: 12 were there before the plan, and 3 were written in step 1 fill. old/ins writes to items.` of a step
 * that was refused for rows; empty where they were not counted.
 */
export function refusedRows({ run }: StepAnalysis, analysis: Analysis): string {
  const record = (analysis.evidence.schema ?? []).find(
    (one) => one.type === 'refused-rows' && one.step === run.planned.name,
  );
  if (record?.type !== 'refused-rows') return '';
  const total = record.since.reduce((sum, { rows }) => sum + rows, 0);
  const table = shortRelation(record.relation);
  const parts = record.since.map((one) => sinceWhen(one, analysis));
  const breaks = total === 1 ? 'breaks' : 'break';
  return ` ${plural(total, 'row')} of ${table} ${breaks} it: ${listed(parts)}.${writersOf(record, analysis)}`;
}

function sinceWhen({ when, step, rows }: RowsSince, { steps }: Analysis): string {
  const were = `${plural(rows, 'row')} ${rows === 1 ? 'was' : 'were'}`;
  if (step === null || when === 'before') return `${were} there before the plan`;
  const found = steps.find(({ run }) => run.planned.name === step);
  const title = found === undefined ? step : stepTitle(found.run).replace('Step', 'step');
  return `${were} written ${when === 'ahead' ? 'right before' : 'in'} ${title}`;
}

/** The scripts that write to the table, where rows came since the plan began. */
function writersOf({ relation, since }: RefusedRowsRecord, { evidence }: Analysis): string {
  if (since.every(({ when }) => when === 'before')) return '';
  const writers = (evidence.compatibility ?? []).flatMap(({ version, script, uses = [] }) =>
    uses.some((use) => use.relation === relation && writes(use.mode)) ? [`${version}/${script}`] : [],
  );
  const names = [...new Set(writers)];
  if (names.length === 0) return '';
  return ` ${listed(names)} ${names.length === 1 ? 'writes' : 'write'} to ${shortRelation(relation)}.`;
}

function writes(mode: string): boolean {
  return lockStrength(mode) >= lockStrength('RowExclusiveLock');
}
