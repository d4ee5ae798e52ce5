import type { StepAnalysis } from '../analysis/analyse.ts';
import type { BackfillFigures, TriggerShare } from '../analysis/backfill.ts';
import type { Check, CheckFinding } from '../check.ts';
import { formatShare, plural } from '../../shared/text/format.ts';
import { listed, stepTitle } from '../wording.ts';

/** Share of a backfill's time from which its triggers are worth a word. */
const MUCH = 0.5;
/** Fewer rows, or less than a batch's worth of time, tell nothing of a share. */
const LEAST_ROWS = 500;

export const backfillTriggers: Check = {
  id: 'backfillTriggers',
  title: 'No backfill spent half of its time in triggers',
  failureTitle: 'A backfill spent most of its time in triggers',
  needs: ['batches'],
  unit: '%',
  limit: MUCH * 100,
  budget: null,
  applies: ({ plan }) => plan.some(({ kind }) => kind === 'backfill'),
  run({ steps }) {
    const all = steps.flatMap((step) => {
      const { backfill } = step;
      const rows = backfill?.triggers[0]?.rows ?? 0;
      return backfill === null || rows < LEAST_ROWS ? [] : [{ step, backfill, share: shareOf(backfill) }];
    });
    if (all.length === 0)
      return {
        measured: null,
        findings: [],
        title: 'No triggers of a backfill were measured',
        isNotJudged: true,
      };
    return {
      measured: Math.max(...all.map(({ share }) => share)) * 100,
      findings: all
        .filter(({ share }) => share >= MUCH)
        .map(({ step, backfill, share }) => finding(step, backfill, share)),
    };
  },
};

function shareOf({ triggers }: BackfillFigures): number {
  return Math.min(
    1,
    triggers.reduce((sum, { share }) => sum + share, 0),
  );
}

function finding({ run }: StepAnalysis, backfill: BackfillFigures, share: number): CheckFinding {
  const { rows, triggers } = backfill;
  const told = triggers.filter((one) => one.share >= MUCH / 10);
  const each = told.map((one) => `${calledAs(one)}${told.length > 1 ? ` ${formatShare(one.share)}` : ''}`);
  return {
    status: 'warn',
    step: run.planned.name,
    measured: share * 100,
    budget: MUCH * 100,
    message:
      `${stepTitle(run)}: its ${plural(rows, 'row')} fired ${listed(each)}: ` +
      `${formatShare(share)} of the time of its batches.`,
    advice: [
      ...(told.some((one) => one.function !== null) ? [OF_TRIGGER] : []),
      ...(told.some((one) => one.function === null) ? [OF_FOREIGN_KEY] : []),
    ].join(' '),
  };
}

function calledAs({ name, function: called }: TriggerShare): string {
  return called === null ? `the foreign key ${name}` : `trigger ${name} (${called})`;
}

const OF_TRIGGER =
  'Let the trigger not fire for what the backfill sets: create it for UPDATE OF the columns that it is about, or with WHEN (old.c IS DISTINCT FROM new.c). ' +
  'Where nobody needs what it does for these rows, SET session_replication_role = replica leaves it out for one session alone, foreign keys too; ' +
  'ALTER TABLE … DISABLE TRIGGER leaves it out for the app as well, whose rows then go without it.';
const OF_FOREIGN_KEY =
  'Fill the column first and add its foreign key behind it, as NOT VALID and then with VALIDATE CONSTRAINT: one scan instead of a look-up for each row.';
