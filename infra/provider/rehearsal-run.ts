import { resolve } from 'node:path';
import { EXIT } from '../../scripts/shared/errors.ts';
import { parseDurationMs } from '../../scripts/shared/units.ts';
import { lineForwarder } from './progress-lines.ts';
import { PROJECT_ROOT } from './project-root.ts';
import type { RehearsalInputs } from './rehearsal-inputs.ts';
import { errorText, runRehearse, type RehearseEnd } from './rehearse-child.ts';
import type { RehearseCommand } from './rehearse-command.ts';
import { HalfMade, type Call } from './resource.ts';
import { outputsOf, parseResult, type RehearsalOutputs, type ResultDocument } from './result-document.ts';

const DEFAULT_OUT = 'runs';
/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * One `rehearse run` from start to tear-down.
 * @throws Error when nothing is left of it: it failed its budgets, was interrupted, or could not run
 * @throws HalfMade with the run's id when hosts may be up: what is on record can be destroyed
 */
export async function rehearse(
  command: RehearseCommand,
  inputs: RehearsalInputs,
  { signal, log }: Call,
): Promise<RehearsalOutputs> {
  const { dir, target, keep, timeout } = inputs;
  const limitMs = timeout === undefined ? undefined : parseDurationMs(timeout);
  const limit =
    limitMs === undefined ? new AbortController().signal : AbortSignal.timeout(Math.min(limitMs, LONGEST_MS));
  const out = resolve(PROJECT_ROOT, inputs.out ?? DEFAULT_OUT);
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
  const stopped = signal.aborted
    ? 'interrupted'
    : limit.aborted
      ? `it took longer than its timeout of ${timeout}`
      : undefined;
  throw failure(inputs, { end, result, out, stopped });
}

interface Failed {
  readonly end: RehearseEnd;
  readonly result: ResultDocument | undefined;
  /** Absolute. */
  readonly out: string;
  /** Why it was asked to tear down. */
  readonly stopped: string | undefined;
}

function failure({ rehearsal, keep }: RehearsalInputs, failed: Failed): Error {
  const { end, result } = failed;
  const message = reasonOf(failed);
  const runId = result?.runId ?? lastRunId(rehearsal, end.lines);
  const kept = keep !== undefined && result !== undefined;
  const mayBeUp = end.exitCode === EXIT.leaked || end.exitCode === null || kept;
  return mayBeUp && runId !== undefined ? new HalfMade(runId, { runId }, [message]) : new Error(message);
}

function reasonOf({ end, result, out, stopped }: Failed): string {
  if (end.exitCode === null) return `${errorText(end)}\nhint: rehearse reap --execute removes what it left`;
  if (end.exitCode === EXIT.leaked) return errorText(end);
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
