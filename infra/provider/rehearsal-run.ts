import { resolve } from 'node:path';
import { asError, EXIT, RehearsalError } from '../../scripts/shared/errors.ts';
import { defaultRuns } from '../../scripts/shared/places/user-project.ts';
import { parseDurationMs } from '../../scripts/shared/text/quantities.ts';
import { lineForwarder } from './progress-lines.ts';
import { PROJECT_ROOT } from '../project-root.ts';
import { failIfAny, removeDead, removeRun } from './dead-runs.ts';
import type { RehearsalInputs } from '../resources/rehearsal-inputs.ts';
import { errorText, runRehearse, type RehearseEnd } from './rehearse-child.ts';
import { withTargets, type RehearseCommand } from './rehearse-command.ts';
import { HalfMade, type Call, type ResourceLog } from './resource.ts';
import {
  notJudged,
  nothingNew,
  nothingNewIn,
  outputsOf,
  parseResult,
  type ResultDocument,
} from './result-document.ts';
import type { RehearsalOutputs } from '../resources/rehearsal-outputs.ts';
import { limitAfter } from '../../scripts/shared/within.ts';

/** How `rehearse` ends when it has seen for itself that nothing stays. */
const PROVEN_EMPTY = [EXIT.ok, EXIT.usage, EXIT.infra, EXIT.failed, EXIT.inconclusive, EXIT.interrupted];
/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * One `rehearse run` from start to tear-down.
 * What a killed run left is removed by its id.
 * Where its plan has no migration to rehearse, nothing is started and that is on record.
 * @throws Error when there is nothing to put on record: it was interrupted or could not run
 * @throws HalfMade with the run's id and its outputs when it was judged and did not pass, or when hosts may be up
 */
export async function rehearse(
  plain: RehearseCommand,
  inputs: RehearsalInputs,
  { signal, log }: Call,
): Promise<RehearsalOutputs> {
  const { dir, target, keep, timeout } = inputs;
  const command = withTargets(plain, inputs.targets);
  const limitMs = timeout === undefined ? undefined : parseDurationMs(timeout);
  const limit =
    limitMs === undefined
      ? new AbortController().signal
      : limitAfter(Math.ceil(Math.min(limitMs, LONGEST_MS)));
  const out = resolve(PROJECT_ROOT, inputs.out ?? defaultRuns(PROJECT_ROOT));
  const args = ['run', resolve(PROJECT_ROOT, dir), '--target', target, '--out', out, '--json'];
  if (keep !== undefined) args.push('--keep', keep);
  const end = await runRehearse(command, args, {
    signal: AbortSignal.any([signal, limit]),
    onLine: lineForwarder(log),
  });
  const result = parseResult(end.stdout);
  if (end.exitCode === EXIT.ok && result) {
    log.note(verdictText(result, out));
    return outputsOf(result, out);
  }
  const told = end.exitCode === EXIT.ok ? nothingNewIn(end.stdout) : undefined;
  if (told !== undefined) {
    log.note(told);
    return nothingNew(inputs.rehearsal, told);
  }
  const stopped = signal.aborted
    ? 'interrupted'
    : limit.aborted
      ? `it took longer than its timeout of ${timeout}`
      : undefined;
  throw await failure({ command, inputs, log, end, result, out, stopped });
}

interface Failed {
  readonly command: RehearseCommand;
  readonly inputs: RehearsalInputs;
  readonly log: ResourceLog;
  readonly end: RehearseEnd;
  readonly result: ResultDocument | undefined;
  /** Absolute. */
  readonly out: string;
  /** Why it was asked to tear down. */
  readonly stopped: string | undefined;
}

async function failure(failed: Failed): Promise<Error> {
  const { inputs, end, result, out } = failed;
  const runId = result?.runId ?? lastRunId(inputs.rehearsal, end.lines);
  const left = PROVEN_EMPTY.some((code) => code === end.exitCode) ? undefined : await cleanUp(failed, runId);
  // What the run itself advised to do about it has been tried.
  const reason = left === undefined ? reasonOf(failed) : reasonOf(failed).replace(/\nhint: [\s\S]*$/, '');
  const message = [reason, ...(left === undefined ? [] : [left.text])].join('\n');
  if (result) return new HalfMade(result.runId, { ...outputsOf(result, out) }, [message]);
  const mayBeUp = left?.gone === false && runId !== undefined;
  return mayBeUp ? new HalfMade(runId, { ...notJudged(runId, message) }, [message]) : new Error(message);
}

/** The run could not do it itself, or was killed before it did. */
async function cleanUp(
  { command, inputs, log }: Failed,
  runId: string | undefined,
): Promise<{ readonly gone: boolean; readonly text: string }> {
  try {
    if (runId === undefined) failIfAny(await removeDead(command, log.note));
    else await removeRun(command, { runId, target: inputs.target }, log.note);
    return { gone: true, text: 'what it left has been removed' };
  } catch (error) {
    const { message } = asError(error);
    const hint = error instanceof RehearsalError ? error.hint : undefined;
    return { gone: false, text: hint === undefined ? message : `${message}\nhint: ${hint}` };
  }
}

function reasonOf({ end, result, out, stopped }: Failed): string {
  if (end.exitCode === null || end.exitCode === EXIT.leaked) return errorText(end);
  if (stopped !== undefined) return `${stopped}: torn down, nothing stayed`;
  return result === undefined ? errorText(end) : verdictText(result, out);
}

/** The decision first, then where to look. */
function verdictText(result: ResultDocument, out: string): string {
  return `${result.verdict.toUpperCase()}  ${result.headline}\nreport: ${outputsOf(result, out).reportPath}`;
}

/** The run's id as the command has mentioned it last; earlier ones may be of dead runs that it removed first. */
function lastRunId(rehearsal: string, lines: readonly string[]): string | undefined {
  const mentioned = lines.flatMap((line) => line.match(/[\w.-]+-\d{8}-\d{6}-[0-9a-f]{4}/g) ?? []);
  return mentioned.findLast((id) => id.startsWith(`${rehearsal}-`));
}
