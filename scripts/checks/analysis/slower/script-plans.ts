import type { ScriptPlan } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { StepRun } from '../step-runs.ts';

/** A statement of a script whose plan a step changed. */
export interface PlanChange {
  readonly before: ScriptPlan;
  readonly after: ScriptPlan;
}

/** How scripts would be run in each state of the schema. */
export class ScriptPlanHistory {
  /** In order of time, by script and statement; `index` is the step's, 0 = before the first. */
  readonly #looks = new Map<string, Map<number, { index: number; plan: ScriptPlan }[]>>();

  constructor(records: readonly SchemaRecord[], steps: readonly StepRun[]) {
    const indexes = new Map(steps.map(({ planned, index }) => [planned.name, index]));
    for (const record of records) {
      if (record.type !== 'script-plans') continue;
      const index = record.step === null ? 0 : (indexes.get(record.step) ?? 0);
      for (const plan of record.plans) this.#add(plan, index);
    }
  }

  /** Its statements as they are planned behind a step; none where nothing is known. */
  after(version: string, script: string, { index }: StepRun): ScriptPlan[] {
    return this.#at(version, script, index).map(({ plan }) => plan);
  }

  before(version: string, script: string, { index }: StepRun): ScriptPlan[] {
    return this.#at(version, script, index - 1).map(({ plan }) => plan);
  }

  /** What the step itself changed. */
  changed(version: string, script: string, step: StepRun): PlanChange[] {
    const before = new Map(this.before(version, script, step).map((plan) => [plan.statement, plan]));
    return this.after(version, script, step).flatMap((after) => {
      const was = before.get(after.statement);
      return was === undefined || was.text === after.text ? [] : [{ before: was, after }];
    });
  }

  #add(plan: ScriptPlan, index: number): void {
    const key = keyOf(plan.version, plan.script);
    const statements = this.#looks.get(key) ?? new Map<number, { index: number; plan: ScriptPlan }[]>();
    statements.set(plan.statement, [...(statements.get(plan.statement) ?? []), { index, plan }]);
    this.#looks.set(key, statements);
  }

  #at(version: string, script: string, index: number): { index: number; plan: ScriptPlan }[] {
    return [...(this.#looks.get(keyOf(version, script))?.values() ?? [])].flatMap((looks) => {
      const last = looks.findLast((look) => look.index <= index);
      return last === undefined ? [] : [last];
    });
  }
}

function keyOf(version: string, script: string): string {
  return JSON.stringify([version, script]);
}
