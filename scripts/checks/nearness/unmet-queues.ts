import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { isAppOff } from '../analysis/traffic/live-versions.ts';
import type { LockSpan } from '../analysis/waits/outside-locks.ts';
import type { StatementAnalysis } from '../analysis/statements.ts';
import { commandLockTimeoutMs } from '../settings/command-settings.ts';
import { ownSettings, type OwnSetting } from '../settings/own-settings.ts';
import { timeoutMs } from '../settings/timeouts.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

/** A statement that waited for longer than this met somebody. */
const MET_MS = 20;

interface Unmet {
  readonly step: StepAnalysis;
  readonly table: string;
}

/** ACCESS EXCLUSIVE that would wait for ever, and that met nobody to wait for: what to add so that it does. */
export function unmetQueues(analysis: Analysis): string[] {
  const { evidence, company, steps } = analysis;
  const hadCompany =
    company.length > 0 ||
    evidence.run.playings?.some(
      ({ scenario, backFrom, cut }) => scenario !== 'quiet' && backFrom === undefined && cut === undefined,
    );
  if (hadCompany === true) return [];
  const known = new Set(evidence.snapshot?.tables.map(({ name }) => name));
  const unmet = steps.flatMap((step) => {
    if (isAppOff(step, analysis)) return [];
    if (step.run.planned.kind === 'command') return unmetByCommand(step, known, analysis);
    const settingsOf = ownSettings(step.run.statements);
    return step.statements
      .filter(({ record, waitMs }) => waitMs <= MET_MS && waitsForEver(step, record, settingsOf(record)))
      .flatMap((statement) => exclusiveTables(statement, known).map((table): Unmet => ({ step, table })));
  });
  const [first] = unmet;
  if (first === undefined) return [];
  const titles = [...new Set(unmet.map(({ step }) => stepTitle(step.run)))];
  const tables = [...new Set(unmet.map(({ table }) => shortRelation(table)))];
  return [
    `${listed(titles)} took ACCESS EXCLUSIVE on ${listed(tables)} without a lock_timeout, and nobody was there to wait for: behind a long report, everybody who asks for the table would wait for as long as that stays. ` +
      `To rehearse it, add to load: actors: { report: { kind: long-reader, table: ${tables[0] ?? ''}, at: ${first.step.run.planned.name}, for: 20s } }, and beside load: scenarios: [quiet, report].`,
  ];
}

/** Of a command its locks are seen from outside. */
function unmetByCommand(step: StepAnalysis, known: ReadonlySet<string>, analysis: Analysis): Unmet[] {
  const hasMet = (step.outside?.waitMs ?? 0) > MET_MS;
  if (hasMet || commandLockTimeoutMs(step.run.planned, analysis) !== 0) return [];
  return exclusiveOf(step.outsideLocks, known).map((table) => ({ step, table }));
}

/** By the lock_timeout in force; one that nobody was shown is not known. */
function waitsForEver(
  { run }: StepAnalysis,
  { error }: StatementRecord,
  own: readonly OwnSetting[],
): boolean {
  if (error !== null) return false;
  const set = own.find(({ name }) => name === 'lock_timeout');
  const shown = set === undefined ? run.end?.shown['lock_timeout'] : (set.value ?? undefined);
  return shown !== undefined && timeoutMs(shown) === 0;
}

/** Those of before the plan; a partition by its topmost table. */
function exclusiveTables({ record, tries }: StatementAnalysis, known: ReadonlySet<string>): string[] {
  const locks = [
    ...record.newLocks.filter(({ existedBefore }) => existedBefore),
    ...tries.flatMap(({ spans }) => spans),
  ];
  return exclusiveOf(locks, known);
}

function exclusiveOf(
  locks: readonly Pick<LockSpan, 'relation' | 'mode' | 'partitionOf'>[],
  known: ReadonlySet<string>,
): string[] {
  const tables = locks
    .filter(({ mode, relation }) => mode === 'AccessExclusiveLock' && known.has(relation))
    .map(({ relation, partitionOf }) => partitionOf ?? relation);
  return [...new Set(tables)];
}
