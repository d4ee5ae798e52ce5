import { tmpdir } from 'node:os';
import { nearest } from '../../scripts/plan/schema/did-you-mean.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import { isDiskFull, lastWords, startProblems, type StartProblem } from './server-log.ts';

/** How a server ended: its own exit code, or the signal that ended it. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it logged since it was started. */
  readonly log: string;
}

/** The error for a server that ended instead of starting. `knownSettings` are the names that it would understand. */
export function startFailed(end: ServerEnd, knownSettings: readonly string[]): RehearsalError {
  if (isDiskFull(end.log)) return diskFull();
  const problems = startProblems(end.log);
  const said = problems.map(({ message }) => message).join('; ') || howItEnded(end);
  const hint = problems.map((problem) => hintFor(problem, knownSettings)).join('; ');
  return new RehearsalError('POSTGRES_START_FAILED', `PostgreSQL did not start: ${redact(said)}`, {
    hint: hint === '' ? 'check postgres.settings in rehearsal.yaml' : hint,
  });
}

/** The error for a server that ended while it was needed. */
export function serverDied(end: ServerEnd): RehearsalError {
  const words = lastWords(end.log);
  if (words !== undefined && isDiskFull(words)) return diskFull();
  const said = words === undefined ? howItEnded(end) : `its last words: ${redact(words)}`;
  return new RehearsalError('POSTGRES_DIED', `PostgreSQL ended while it was needed; ${said}`, {
    hint: 'if nobody stopped it, look for the kernel’s out-of-memory killer (dmesg), or give it less memory in postgres.settings',
  });
}

export function diskFull(): RehearsalError {
  return new RehearsalError('DISK_FULL', `the disk under ${tmpdir()} is full`, {
    hint: 'free some space there, or point TMPDIR to a folder on a larger disk',
  });
}

function howItEnded({ code, signal }: ServerEnd): string {
  return signal === null ? `exit code ${code ?? 'unknown'}, and no word in its log` : `killed by ${signal}`;
}

function hintFor(problem: StartProblem, knownSettings: readonly string[]): string {
  const { unknownSetting, wrongSetting, hint } = problem;
  if (unknownSetting !== undefined) {
    const meant = nearest(unknownSetting, knownSettings);
    const question = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    return `correct or remove ${unknownSetting} under postgres.settings${question}`;
  }
  if (wrongSetting === undefined) return hint ?? '';
  return `correct ${wrongSetting} under postgres.settings${hint === undefined ? '' : `: ${hint}`}`;
}
