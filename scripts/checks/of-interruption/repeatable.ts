import type { InterruptionRecord, RunRecord, StepError } from '../../artifacts/records/records.ts';
import { cutOffs, type CutOff } from '../analysis/cut-offs.ts';
import type { StepAnalysis } from '../analysis/analyse.ts';
import { statusOf } from '../analysis/step-runs.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { stateOf } from '../of-plan/unfinished-remedy.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';
import { quotedSql } from '../analysis/commands/sent-statements.ts';
import type { ToolLock } from '../../artifacts/records/of-plan/interruption-record.ts';
import { plural } from '../../shared/text/format.ts';
import { CUT_WORDS, cutWho } from './cut-words.ts';
import { keptLocks } from './kept-locks.ts';
import { repeatAdvice } from './repeat-advice.ts';
import { unlikeQuiet } from './unlike-quiet.ts';

export const repeatable: Check = {
  id: 'repeatable',
  title: 'Every step that was cut off went through the second time',
  failureTitle: 'A step that was cut off cannot be run again',
  warnTitle: 'A step that was cut off does its rows twice, or is locked out for a while',
  needs: ['steps'],
  unit: 'steps',
  limit: 0,
  budget: null,
  applies: isCutOff,
  run(analysis) {
    const cuts = cutOffs(analysis);
    const uncut = analysis.steps.filter(
      ({ run }) => run.planned.cut !== undefined && run.interruption === undefined && statusOf(run) === 'ok',
    );
    if (cuts.length === 0 && uncut.length === 0) return { ...NOTHING, isNotJudged: true };
    const failed = cuts.flatMap(findings);
    return { measured: failed.length, findings: [...failed, ...uncut.map(notCut)] };
  },
};

/** Whether steps of a playing are cut off. */
function isCutOff({ plan }: Pick<RunRecord, 'plan'>): boolean {
  return plan.some(({ cut }) => cut !== undefined);
}

function findings(cut: CutOff): CheckFinding[] {
  const { error } = cut.record;
  return [
    ...(error === null ? [] : [refused(cut, error)]),
    ...rowsOf(cut),
    ...unlikeQuiet(cut),
    ...keptLocks(cut),
  ];
}

function refused({ step, record, leftovers }: CutOff, error: StepError): CheckFinding {
  const { failedIndex, secondAttempt } = record;
  const { run } = step;
  const statement = run.statements.findLast(
    ({ index, attempt, error: own }) => index === failedIndex && attempt === secondAttempt && own !== null,
  );
  const state = error.sqlstate === null ? '' : `${error.sqlstate} `;
  const at = error.line === null ? '' : ` at line ${error.line}`;
  const locks = record.command?.toolLocks ?? [];
  const behind = [...(leftovers ?? []).map(stateOf), ...locks.map(lockText)];
  const left = behind.length === 0 ? '' : ` The first try left behind: ${listed(behind)}.`;
  const sent = run.sent.findLast((one) => one.error !== null && one.error.sqlstate === error.sqlstate);
  const told =
    locks.length > 0
      ? releaseLock(locks)
      : repeatAdvice({
          sql: (statement ?? sent)?.sql ?? '',
          sqlstate: error.sqlstate ?? '',
          leftovers: leftovers ?? [],
        });
  return {
    status: 'fail',
    step: run.planned.name,
    statement: failedIndex,
    measured: 1,
    sqlstate: error.sqlstate,
    message: `${stepTitle(run)} cannot be run again: ${cutText(record)}, and its second try failed${at}: ${state}${sentence(error.message)}${left}`,
    ...told,
  };
}

/** Of a backfill: rows that were done twice, and those that nobody did. */
function rowsOf({ step: { run }, record, beside }: CutOff): CheckFinding[] {
  const { backfill } = record;
  if (backfill === undefined) return [];
  const { rowsTwice, rowsLeftOut, table } = backfill;
  const looked = beside?.find((one) => shortRelation(one.table) === shortRelation(table))?.rows;
  const isLikeQuiet = looked != null && looked.compared > 0 && looked.unlike === 0;
  const isSameAgain = backfill.isSameAgain ?? (isLikeQuiet ? true : null);
  const who = cutWho(run, record);
  const findings: CheckFinding[] = [];
  if (rowsTwice > 0) {
    const harm =
      isSameAgain === true
        ? 'They are the same as before, for the work of another backfill.'
        : isSameAgain === false
          ? 'Its set reads what it sets, so that they are not what they would be without the cut.'
          : 'Whether they are what they would be without the cut is not known.';
    findings.push({
      status: isSameAgain === true ? 'warn' : 'fail',
      step: run.planned.name,
      measured: 1,
      message: `${who}, and ${plural(rowsTwice, 'row')} of ${shortRelation(table)} ${rowsTwice === 1 ? 'was' : 'were'} changed twice. ${harm}`,
      advice:
        'Give the backfill a where that set makes false, such as full_name IS NULL: what is done does not match it any more.',
    });
  }
  if (rowsLeftOut !== null && rowsLeftOut > 0)
    findings.push({
      status: 'fail',
      step: run.planned.name,
      measured: 1,
      message: `${who}, and ${plural(rowsLeftOut, 'row')} of ${shortRelation(table)} ${rowsLeftOut === 1 ? 'was' : 'were'} left out.`,
      advice: 'Go along a key that never changes and is never NULL, such as the primary key.',
    });
  return findings;
}

/** `its client was gone while the server ran sql/1.sql line 3` */
function cutText({ how, moment, file, line, command }: CutPlaceTold): string {
  const place =
    command !== undefined
      ? command.sql === null
        ? 'its end'
        : quotedSql(command.sql)
      : file === null
        ? 'a batch'
        : `${file} line ${line ?? 1}`;
  const who = CUT_WORDS[how];
  switch (moment) {
    case 'running':
      return `${who} while the server ran ${place}`;
    case 'open':
      return `${who} in the transaction of ${place}`;
    case 'committing':
      return `${who} while the commit behind ${place} was under way`;
    case 'done':
      return `${who} right behind ${place}`;
  }
}

type CutPlaceTold = Pick<InterruptionRecord, 'how' | 'moment' | 'file' | 'line' | 'command'>;

/** `the lock of golang-migrate in schema_migrations` */
function lockText({ tool, table }: ToolLock): string {
  return `the lock of ${tool} in ${shortRelation(table)}`;
}

function releaseLock(locks: readonly ToolLock[]): Pick<CheckFinding, 'advice' | 'insteadSql'> {
  const how = locks.map(({ remedy }) => remedy).join('; ');
  return {
    advice: `Whoever starts it again has to release that first: ${how}. Write it into the job or the runbook, behind a look at what the first try had done.`,
    insteadSql: null,
  };
}

function notCut({ run }: StepAnalysis): CheckFinding {
  const message = `Whether ${stepTitle(run).replace('Step', 'step')} can be run again is not known: it was not cut off.`;
  return { status: 'inconclusive', step: run.planned.name, message };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
