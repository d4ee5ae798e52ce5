import { readLocks, readWaits } from '../../../scripts/artifacts/sightings.ts';
import type { PlannedStep } from '../../../scripts/artifacts/records/records.ts';
import { loadAdvice } from '../../../scripts/checks/advice.ts';
import { analyse, type Analysis } from '../../../scripts/checks/analysis/analyse.ts';
import { evidence, plannedStep, runRecord } from '../../../scripts/checks/evidence/evidence-fixture.ts';
import { runChecks } from '../../../scripts/checks/run-checks.ts';
import type { Finding } from '../../../scripts/checks/result/contract/result.ts';
import type { CommandStep, SqlStep } from '../../../scripts/plan/model.ts';
import { replay } from '../../../scripts/replay/replay.ts';
import type { ReplayBench } from './replay-bench.ts';

/** A sql step of one file that is called as the step. */
export function sqlStep(name: string, text: string, extra: Partial<SqlStep> = {}): SqlStep {
  return {
    kind: 'sql',
    name,
    phase: 'expand',
    retries: 0,
    retryPauseMs: 50,
    pointOfNoReturn: false,
    files: [{ file: `sql/${name}.sql`, text }],
    transaction: 'as-written',
    ...extra,
  };
}

/**
 * Plays the steps on the bench's database and judges what was recorded.
 * @returns the findings of the named checks
 */
export async function replayed(
  bench: ReplayBench,
  steps: readonly (SqlStep | CommandStep)[],
  checks: readonly string[],
  onTry?: () => Promise<unknown>,
): Promise<Finding[]> {
  return runChecks(await analysed(bench, steps, onTry))
    .findings.map(({ finding }) => finding)
    .filter(({ check }) => checks.includes(check));
}

/**
 * Plays the steps on the bench's database, and takes in what was recorded.
 * @param onTry awaited after each try that failed and is followed by another one
 */
export async function analysed(
  bench: ReplayBench,
  steps: readonly (SqlStep | CommandStep)[],
  onTry: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Analysis> {
  const { context, folder } = bench;
  const rehearsal = { ...context.rehearsal, plan: steps, load: { versions: [] } };
  const { schema } = context;
  const afterTry = async (step: string, attempt: number): Promise<void> => {
    await schema.afterTry(step, attempt);
    await onTry();
  };
  const watch: Partial<typeof schema> = {
    catalog: schema.catalog,
    beforeStep: (texts) => schema.beforeStep(texts),
    beforeUnit: (texts) => schema.beforeUnit(texts),
    touched: schema.touched,
    afterUnit: (step, statements) => schema.afterUnit(step, statements),
    beforeCommand: () => schema.beforeCommand(),
    afterCommand: (step, sent, pids) => schema.afterCommand(step, sent, pids),
    afterTry,
    afterRefusal: (refused) => schema.afterRefusal(refused),
  };
  await replay({ ...context, rehearsal, schema: watch } as unknown as typeof context, {
    onStart: () => undefined,
    onEnd: () => undefined,
    beforeStep: (step) => schema.stepBegins(step.name),
    afterStep: (step) => schema.afterStep(step.name),
  });
  await bench.close();
  await loadAdvice();
  const recorded = evidence({
    run: runRecord({ plan: steps.map(planned) }),
    steps: await folder.read('steps'),
    schema: await folder.read('schema'),
    locks: await readLocks(folder),
    waits: (await readWaits(folder)) ?? [],
    exactWaits: await folder.read('exact-waits'),
    snapshot: { ...evidence().snapshot, tables: TABLES } as never,
  });
  return analyse(recorded);
}

const TABLES = [
  { name: 'public.items', rows: 0, bytes: 0 },
  { name: 'public.orders', rows: 20_000, bytes: 1_000_000 },
];

function planned(step: SqlStep | CommandStep): PlannedStep {
  const { name, kind, pointOfNoReturn, losesRows = [] } = step;
  const files = step.kind === 'sql' ? step.files.map(({ file }) => file) : [];
  return plannedStep(name, { kind, pointOfNoReturn, losesRows, files });
}
