import type {
  BrokenConstraint,
  FallenRecord,
  SchemaObject,
  SchemaRecord,
  SkippedRecord,
} from '../../artifacts/records/of-plan/schema-records.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { quotedSql } from '../analysis/commands/sent-statements.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { lostValueFindings } from './lost-values.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

export const beside: Check = {
  id: 'beside',
  title: 'No statement did anything beside what it says',
  failureTitle: 'A statement did something beside what it says',
  warnTitle: 'A statement took along what it does not name',
  needs: [],
  unit: null,
  budget: null,
  run(analysis) {
    const { schema } = analysis.evidence;
    if (schema === undefined)
      return {
        ...NOTHING,
        title: 'What statements did beside what they say was not recorded',
        isNotJudged: true,
      };
    const findings = [
      ...stillFallen(schema).map((record) => fallenFinding(record, analysis)),
      ...brokenFindings(schema, analysis),
      ...lostValueFindings(schema, analysis),
      ...skippedFindings(schema, analysis),
    ];
    return { measured: findings.length, findings };
  },
};

/** Without what the plan made again. */
function stillFallen(schema: readonly SchemaRecord[]): FallenRecord[] {
  const again = new Set(
    schema.flatMap((record) => (record.type === 'made-again' ? record.objects.map(titleOf) : [])),
  );
  return schema.flatMap((record): FallenRecord[] => {
    if (record.type !== 'fallen') return [];
    const objects = record.objects.filter((object) => !again.has(titleOf(object)));
    return objects.length === 0 ? [] : [{ ...record, objects }];
  });
}

function fallenFinding(record: FallenRecord, { steps }: Analysis): CheckFinding {
  const { step: name, statement, objects } = record;
  const step = steps.find(({ run }) => run.planned.name === name);
  const columns = objects.filter(({ kind }) => kind === 'column');
  const losesData = columns.length > 0 && step?.run.planned.pointOfNoReturn !== true;
  const by = statement === null ? record.sql && quotedSql(record.sql) : `statement ${statement}`;
  const who = by === undefined ? '' : `, by the CASCADE of ${by}`;
  return {
    status: losesData ? 'fail' : 'warn',
    step: name,
    statement,
    measured: objects.length,
    message: `${titleOfStep(step)} took along ${plural(objects.length, 'object')} that its SQL does not name${who}: ${listed(objects.map(titleOf), 8)}.${losesData ? ' With a column all its values are gone.' : ''}`,
    advice:
      'Name each of them in a DROP of its own, or make again what is still needed: without CASCADE, PostgreSQL refuses as long as anything depends on it.',
  };
}

/** As the last look found them: what a later step put right is nothing. */
function brokenFindings(schema: readonly SchemaRecord[], { steps }: Analysis): CheckFinding[] {
  const looks = schema.filter((record) => record.type === 'broken-rows');
  return (looks.at(-1)?.constraints ?? []).map((constraint) => {
    const since = looks.find(({ constraints }) => constraints.some(({ oid }) => oid === constraint.oid));
    return brokenFinding(
      constraint,
      steps.find(({ run }) => run.planned.name === since?.step),
    );
  });
}

function brokenFinding(constraint: BrokenConstraint, step: StepAnalysis | undefined): CheckFinding {
  const { kind, name, relation, rows, rowsBefore } = constraint;
  const told = { step: step?.run.planned.name ?? null, measured: rows };
  const which = `${kind} ${name} of ${shortRelation(relation)}, which the catalog calls valid`;
  if (rows === null) {
    const message = `Whether rows break ${which} could not be counted after ${titleOfStep(step).replace('Step', 'step')}, which can have let them in.`;
    return { status: 'inconclusive', ...told, message };
  }
  const before = rowsBefore === null || rowsBefore === 0 ? '' : `, ${formatCount(rowsBefore)} before it`;
  return {
    status: 'fail',
    ...told,
    message: `${titleOfStep(step)} let in what a constraint forbids: ${plural(rows, 'row')} ${rows === 1 ? 'breaks' : 'break'} ${which}${before}.`,
    advice:
      'Triggers keep foreign keys: do not disable them, nor set session_replication_role, where rows are written. Mend or delete these rows, then drop the constraint, add it again NOT VALID and validate it: VALIDATE alone does nothing where the catalog calls it valid.',
  };
}

/** As it was in the end: what a later statement made or removed is nothing. */
function skippedFindings(schema: readonly SchemaRecord[], { steps }: Analysis): CheckFinding[] {
  const last = new Map(
    schema.flatMap((record) =>
      record.type === 'skipped'
        ? [[`${record.step} ${record.statement} ${record.object}`, record] as const]
        : [],
    ),
  );
  return [...last.values()].flatMap((record): CheckFinding[] => {
    const step = steps.find(({ run }) => run.planned.name === record.step);
    return record.found.length === 0 ? [] : [skippedFinding(record, step)];
  });
}

function skippedFinding(
  { step, statement, clause, object, found }: SkippedRecord,
  of: StepAnalysis | undefined,
): CheckFinding {
  const told = { step, statement };
  if (clause === 'if-not-exists') {
    return {
      status: 'fail',
      ...told,
      message: `${titleOfStep(of)} made no ${object}: IF NOT EXISTS skipped it, and what is there is something else: ${listed(found)}.`,
      advice:
        'Write the change from what is there to what is wanted, without IF NOT EXISTS, or under a name that is free.',
    };
  }
  return {
    status: 'warn',
    ...told,
    message: `${titleOfStep(of)} removed or changed nothing: IF EXISTS skipped ${object}, which is not there, but there is ${listed(found.map(shortFound))}.`,
    advice:
      'If that is what was meant, name it with its schema, spelling or arguments; without IF EXISTS, PostgreSQL would have said so.',
  };
}

/** `table public.orders` → `table orders` */
function shortFound(found: string): string {
  return found.replace(/ public\./, ' ');
}

function titleOfStep(step: StepAnalysis | undefined): string {
  return step === undefined ? 'The plan' : stepTitle(step.run);
}

/** `foreign key items_order_fk of items` */
function titleOf({ kind, name, relation }: SchemaObject): string {
  const of = relation === null ? '' : ` of ${shortRelation(relation)}`;
  return `${kind} ${shortRelation(name)}${of}`;
}
