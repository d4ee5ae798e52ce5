import type { Trouble } from '../advice/remedies/remedy.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { StepRun } from '../analysis/step-runs.ts';

/** What one script of the app failed with, and what it is charged to. */
interface AppFailure {
  readonly version: string;
  readonly script: string;
  readonly sqlstate: string;
  /** Null: before the first step. */
  readonly step: StepRun | null;
  /** Position in the step of the statement that it is charged to; null where none can be named. */
  readonly statement: number | null;
}

export interface AppTrouble extends Trouble {
  /** PostgreSQL's own advice, without anything of a row. */
  readonly hint: string | null;
}

/** What PostgreSQL said of it in the compatibility matrix, where the same script failed in the same way, else in the traffic. */
export function appTrouble(
  { version, script, sqlstate, step, statement }: AppFailure,
  { evidence: { compatibility = [], load = [] } }: Analysis,
): AppTrouble {
  const own = compatibility.filter((record) => record.version === version && record.script === script);
  const same = own.filter((record) => record.sqlstate === sqlstate);
  const said = same.find(({ after }) => after === step?.planned.name) ?? same[0];
  const heard = load.find(
    (event) =>
      event.type === 'said' &&
      event.version === version &&
      event.script === script &&
      event.sqlstate === sqlstate,
  );
  const words = said ?? (heard?.type === 'said' ? heard : undefined);
  const at = own.findIndex(({ after }) => after === step?.planned.name);
  // What the step itself mends still failed while it ran.
  const isMender = own[at]?.ok === true && own[at - 1]?.sqlstate === sqlstate;
  const mended = at === -1 ? undefined : own.slice(isMender ? at : at + 1).find(({ ok }) => ok);
  return {
    sqlstate,
    version,
    step,
    who: 'app',
    message: words?.message ?? '',
    hint: words?.hint ?? null,
    refused: said?.refused ?? null,
    inside: words?.inside ?? null,
    sql: step?.statements.find(({ index }) => index === statement)?.sql ?? '',
    mendedBy: mended?.after ?? null,
  };
}

/** ` (column "key" does not exist, in function fill)`; empty where PostgreSQL said nothing that may be told. */
export function saidAs({ message, inside }: Pick<Trouble, 'message' | 'inside'>): string {
  if (message === '') return '';
  return ` (${message}${inside === null ? '' : `, in function ${inside}`})`;
}
