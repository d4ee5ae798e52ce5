import type { DependencyChange, ScriptPlan } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { StepRun } from '../step-runs.ts';
import type { PlanChange, ScriptPlanHistory } from './script-plans.ts';
import type { StatisticsGap } from './statistics-gaps.ts';

/** Why a script became slower, as far as the catalogs and its plans know; the surer ones first. */
export type SlowCause =
  | Extract<DependencyChange, { kind: 'key-unindexed' | 'statistics-gone' | 'index-gone' }>
  | Extract<DependencyChange, { kind: 'index-made' | 'trigger-made' }>
  | { readonly kind: 'statistics-gap'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'plan-changed' };

const RANK: readonly SlowCause['kind'][] = [
  'key-unindexed',
  'statistics-gone',
  'statistics-gap',
  'index-gone',
  'index-made',
  'trigger-made',
  'plan-changed',
];
/** They explain the script's slowness by themselves, however slow others became meanwhile. */
const SURE: ReadonlySet<SlowCause['kind']> = new Set([
  'key-unindexed',
  'statistics-gone',
  'statistics-gap',
  'index-gone',
]);

export interface FoundCause {
  readonly step: StepRun;
  readonly cause: SlowCause;
  /** The plan that it changed; null where the plan does not show it. */
  readonly plan: PlanChange | null;
  readonly isSure: boolean;
}

/** What is known of the schema in the course of the plan. */
interface SchemaCourse {
  readonly records: readonly SchemaRecord[];
  readonly plans: ScriptPlanHistory;
  readonly gaps: readonly StatisticsGap[];
}

/** The likeliest of all that one of the steps did to what the script leans on; undefined where none did anything to it. */
export function causeOf(
  { version, script }: { readonly version: string; readonly script: string },
  steps: readonly StepRun[],
  { records, plans, gaps }: SchemaCourse,
): FoundCause | undefined {
  const found = steps.flatMap((step) => {
    const changes = records.flatMap((record) =>
      record.type === 'dependencies' && record.step === step.planned.name ? record.changes : [],
    );
    const facts: ScriptFacts = {
      before: plans.before(version, script, step),
      after: plans.after(version, script, step),
      changed: plans.changed(version, script, step),
    };
    const [plan = null] = facts.changed;
    const causes = changes.flatMap((change) => fitting(change, facts) ?? []);
    const inGaps = gaps
      .filter((gap) => gap.step === step)
      .flatMap((gap) => gapCause(gap, facts.before) ?? []);
    const changed: SlowCause[] = plan === null ? [] : [{ kind: 'plan-changed' }];
    const all: SlowCause[] = [...causes, ...inGaps, ...changed];
    return all.map((cause) => ({ step, cause, plan, isSure: SURE.has(cause.kind) }));
  });
  return found.toSorted((a, b) => RANK.indexOf(a.cause.kind) - RANK.indexOf(b.cause.kind))[0];
}

interface ScriptFacts {
  readonly before: readonly ScriptPlan[];
  readonly after: readonly ScriptPlan[];
  readonly changed: readonly PlanChange[];
}

/** Undefined where the script compares or sorts by none of the columns. */
export function gapCause(
  { table: name, columns }: StatisticsGap,
  plans: readonly ScriptPlan[],
): Extract<SlowCause, { kind: 'statistics-gap' }> | undefined {
  const reading = plans.filter(({ names }) => columns.some((column) => names.includes(column)));
  const relations = reading.flatMap((plan) => plan.relations);
  const table = relations.find((relation) => relation.endsWith(`.${name}`));
  return table === undefined ? undefined : { kind: 'statistics-gap', table, columns };
}

/** Undefined where the change is none to this script. */
function fitting(change: DependencyChange, { before, after, changed }: ScriptFacts): SlowCause | undefined {
  switch (change.kind) {
    case 'key-unindexed': {
      const { refersTo } = change.key;
      return writes(after, refersTo, ['delete', 'merge']) ? change : undefined;
    }
    case 'statistics-gone':
      return changed.some((plan) => plan.before.relations.includes(change.table)) ? change : undefined;
    case 'index-gone':
      return before.some(({ indexes }) => indexes.includes(change.index.name)) ? change : undefined;
    case 'index-made':
      return changed.some((plan) => plan.after.indexes.includes(change.index.name)) ? change : undefined;
    case 'trigger-made':
      return writes(after, change.trigger.table, [...change.trigger.events, 'merge']) ? change : undefined;
    case 'function-changed':
    case 'function-applied':
    case 'published-changed':
      return undefined;
  }
}

function writes(plans: readonly ScriptPlan[], table: string, operations: readonly string[]): boolean {
  return plans.some((plan) =>
    plan.writes.some(({ relation, operation }) => relation === table && operations.includes(operation)),
  );
}
