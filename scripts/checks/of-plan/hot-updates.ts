import type { TableIndex, UpdatesRecord } from '../../artifacts/records/of-plan/dependency-records.ts';
import { formatBytes, formatCount, formatShare } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

/** Fewer updates say nothing of a share. */
const LEAST_UPDATES = 30;
/** Where fewer were heap-only before, there was nothing to lose. */
const LEAST_SHARE = 0.5;
/** Of the share before, so much may be left of it. */
const LOST_SHARE = 0.5;
/** WAL is that of all; it is told where so many of the updates were the table's. */
const MOST_OF_ALL = 0.8;

export const hotUpdates: Check = {
  id: 'hotUpdates',
  title: 'No new index ended heap-only updates of a table',
  failureTitle: 'A new index ended heap-only updates of a table',
  needs: ['steps'],
  unit: '%',
  better: 'higher',
  budget: null,
  run(analysis) {
    const { schema = [] } = analysis.evidence;
    const looks = schema.filter((record) => record.type === 'updates');
    if (looks.length === 0)
      return { ...NOTHING, title: 'Whether updates stayed heap-only was not recorded', isNotJudged: true };
    const findings = schema.flatMap((record) => {
      if (record.type !== 'dependencies') return [];
      const made = record.changes.flatMap((change) => (change.kind === 'index-made' ? [change.index] : []));
      const tables = [...new Set(made.map(({ table }) => table))];
      return tables.flatMap((table) => {
        const own = made.filter((index) => index.table === table);
        return finding(record.step, own, { table, looks }, analysis) ?? [];
      });
    });
    return {
      measured: findings.length === 0 ? null : Math.min(...findings.map(({ measured }) => measured ?? 0)),
      findings,
    };
  },
};

interface Looks {
  readonly table: string;
  readonly looks: readonly UpdatesRecord[];
}

/** Undefined where the updates stayed as they were, or too few ran to tell. */
function finding(
  stepName: string,
  indexes: readonly TableIndex[],
  { table, looks }: Looks,
  { steps }: Analysis,
): CheckFinding | undefined {
  const step = steps.find(({ run }) => run.planned.name === stepName);
  const at = (when: UpdatesRecord['when']): UpdatesRecord | undefined =>
    looks.find((look) => look.step === stepName && look.when === when);
  const before = between(table, looks[0], at('before'));
  const after = between(table, at('after'), looks.at(-1));
  if (step === undefined || before === undefined || after === undefined) return undefined;
  if (before.share < LEAST_SHARE || after.share > before.share * LOST_SHARE) return undefined;
  const names = listed(indexes.map(({ name }) => name));
  const wal =
    before.walPerUpdate === null || after.walPerUpdate === null
      ? ''
      : `, and an update writes ${formatBytes(after.walPerUpdate)} of WAL instead of ${formatBytes(before.walPerUpdate)}`;
  return {
    status: 'warn',
    step: stepName,
    measured: after.share * 100,
    message:
      `${stepTitle(step.run)}: behind it ${formatShare(after.share)} of the updates of ${shortRelation(table)} are heap-only, before it ${formatShare(before.share)} were ` +
      `(${formatCount(after.updated)} and ${formatCount(before.updated)} updates)${wal}. The updates change a column of ${names}: each of them now writes to every index of the table, and leaves a dead entry in it.`,
    advice:
      'See whether a query needs the index so much. Leave out the column that changes with every update, move it to a table of its own, or index a coarser form of it; otherwise plan for the WAL, the vacuums and the lag of standbys.',
  };
}

interface Updates {
  readonly updated: number;
  readonly share: number;
  /** Bytes; null where the WAL is too little of this table's. */
  readonly walPerUpdate: number | null;
}

function between(
  table: string,
  from: UpdatesRecord | undefined,
  to: UpdatesRecord | undefined,
): Updates | undefined {
  const end = to?.tables.find((one) => one.table === table);
  if (from === undefined || to === undefined || end === undefined) return undefined;
  const start = from.tables.find((one) => one.table === table) ?? { updated: 0, hot: 0 };
  const updated = end.updated - start.updated;
  if (updated < LEAST_UPDATES) return undefined;
  const isMost = updated >= (to.allUpdated - from.allUpdated) * MOST_OF_ALL;
  return {
    updated,
    share: (end.hot - start.hot) / updated,
    walPerUpdate: isMost ? (to.walBytes - from.walBytes) / updated : null,
  };
}
