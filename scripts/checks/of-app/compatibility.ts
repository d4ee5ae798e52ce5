import type { CompatibilityRecord } from '../../artifacts/records/records.ts';
import { adviseBroken } from '../advice.ts';
import { appTrouble, saidAs } from './app-trouble.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { groupBy } from '../../shared/group-by.ts';
import { namedCause } from '../analysis/traffic/named-cause.ts';
import { matrixStates, type MatrixState } from '../analysis/matrix.ts';
import type { Check, CheckFinding } from '../check.ts';
import { statementOfFailure } from '../of-plan/failure-statement.ts';
import { hiddenByPrepared } from './hidden-by-prepared.ts';
import { stops } from '../stops/stops.ts';
import { listed, stepTitle } from '../wording.ts';

export const compatibility: Check = {
  id: 'compatibility',
  title: 'Every live app version works with every state of the schema',
  failureTitle: 'A live app version does not work with a state of the schema',
  warnTitle: 'A step takes away the way back to the app version before',
  needs: ['compatibility', 'steps'],
  unit: 'scripts',
  limit: 0,
  budget: null,
  run(analysis) {
    const states = matrixStates(analysis);
    const broken = states.filter(({ works, live }) => live && !works);
    const begun = broken.filter(({ isNew }) => isNew);
    return {
      measured: new Set(broken.map(({ record }) => `${record.version} ${record.script}`)).size,
      findings: [
        ...groupedBy(begun).map((group) => liveFinding(group, analysis)),
        ...groupedBy(states.filter(isLostRollback)).map(rollbackFinding),
      ],
    };
  },
};

/** The version just left stops working at a step that does not say that there is no way back from it. */
function isLostRollback({ works, live, isLeft, isNew, step }: MatrixState): boolean {
  if (step === null || step.planned.way !== undefined) return false;
  return !works && isLeft && !live && isNew && !step.planned.pointOfNoReturn;
}

function groupedBy(states: readonly MatrixState[]): MatrixState[][] {
  return [
    ...groupBy(states, ({ record: { after, version, sqlstate } }) =>
      [after, version, sqlstate].join(' '),
    ).values(),
  ];
}

function liveFinding(group: readonly MatrixState[], analysis: Analysis): CheckFinding {
  const [first] = group;
  const { record, step } = first ?? { record: undefined, step: null };
  const failures = analysis.failures.filter(
    (failure) => failure.step === step && group.some((state) => isOf(state.record, failure)),
  );
  const failed = failures.reduce((sum, { rows }) => sum + rows.length, 0);
  const statement = failures[0] ? statementOfFailure(analysis, failures[0]) : statementNamed(first, analysis);
  const stop = stops(analysis).find(
    (one) => one.step.run === step && (statement === null || one.statement?.record.index === statement),
  );
  const scripts = listed(group.map((state) => state.record.script));
  const what = `${record?.version ?? ''}, which has traffic then: ${scripts} ${group.length === 1 ? 'fails' : 'fail'} with ${record?.sqlstate ?? 'a lost connection'}${saidAs({ message: record?.message ?? '', inside: record?.inside ?? null })}`;
  const isLater = step !== null && record.after !== step.planned.name;
  const seenLater = isLater ? `, seen first behind step ${record.after}` : '';
  const trouble =
    record === undefined
      ? undefined
      : appTrouble({ ...record, step, statement, sqlstate: record.sqlstate ?? 'lost' }, analysis);
  return {
    status: 'fail',
    step: step?.planned.name ?? null,
    statement,
    measured: group.length,
    sqlstate: record?.sqlstate ?? null,
    message: step
      ? `${stepTitle(step)} breaks ${what}${seenLater}.${hiddenByPrepared(group, analysis)}`
      : `The schema at the start does not fit ${what}.`,
    ...(trouble === undefined ? {} : adviseBroken(trouble, stop, analysis)),
    hurt: { failed, delayed: 0, ms: 0 },
  };
}

/** Where no request of the traffic failed: the statement that PostgreSQL's message explains. */
function statementNamed(state: MatrixState | undefined, { causes, evidence }: Analysis): number | null {
  if (state?.step == null) return null;
  const cause = namedCause(state.record, state.step, causes, evidence.schema ?? []);
  return cause === undefined ? null : (causes[cause]?.statement?.record.index ?? null);
}

function isOf(
  record: CompatibilityRecord,
  failure: { version: string; script: string; sqlstate: string },
): boolean {
  const { version, script, sqlstate } = record;
  return version === failure.version && script === failure.script && sqlstate === failure.sqlstate;
}

function rollbackFinding(group: readonly MatrixState[]): CheckFinding {
  const [first] = group;
  const { record, step } = first ?? { record: undefined, step: null };
  const version = record?.version ?? '';
  const scripts = listed(group.map((state) => state.record.script));
  return {
    status: 'warn',
    step: step?.planned.name ?? null,
    measured: group.length,
    sqlstate: record?.sqlstate ?? null,
    message:
      `A rollback to ${version} is no longer possible after step ${step?.index ?? 0} ${step?.planned.name ?? ''}: ` +
      `its ${scripts} ${group.length === 1 ? 'fails' : 'fail'} with ${record?.sqlstate ?? 'a lost connection'}.`,
    advice:
      'If that is meant, mark the step pointOfNoReturn: true; otherwise move it behind the release after.',
  };
}
