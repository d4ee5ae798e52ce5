import type { UnfinishedObject, UnfinishedRecord } from '../../artifacts/records/of-plan/schema-records.ts';

/** Something unfinished that is there when the plan is over. */
export interface LeftOver {
  readonly object: UnfinishedObject;
  /** The look that found it first; undefined = it was there before the plan. */
  readonly since: UnfinishedRecord | undefined;
}

/** What the last look found. A rebuilt or recreated object has another oid, and is another one. */
export function leftOvers(looks: readonly UnfinishedRecord[]): LeftOver[] {
  const last = looks.at(-1);
  return (last?.objects ?? []).map((object) => {
    const first = looks.find(({ objects }) => objects.some((one) => isSame(one, object)));
    return { object, since: first?.step === null ? undefined : first };
  });
}

function isSame(a: UnfinishedObject, b: UnfinishedObject): boolean {
  return a.kind === b.kind && a.oid === b.oid && (a.oid !== 0 || a.name === b.name);
}
