/** What an error means for the person who runs the tool; it decides the exit code. */
export type ErrorKind = 'internal' | 'usage' | 'infra' | 'failed' | 'inconclusive' | 'leaked' | 'interrupted';

const ERROR_KIND = {
  USAGE: 'usage',
  CONFIG_INVALID: 'usage',
  REHEARSAL_NOT_FOUND: 'usage',
  SNAPSHOT_NOT_FOUND: 'usage',
  BASELINE_UNHEALTHY: 'usage',
  RUN_NOT_FOUND: 'usage',
  RUN_INVALID: 'usage',
  SNAPSHOT_INVALID: 'infra',
  RESTORE_FAILED: 'infra',
  POSTGRES_NOT_FOUND: 'infra',
  POSTGRES_START_FAILED: 'infra',
  POSTGRES_DIED: 'infra',
  PORT_TAKEN: 'infra',
  DISK_FULL: 'infra',
  CONNECTION_FAILED: 'infra',
  HOST_UNREACHABLE: 'infra',
  HOST_DIED: 'infra',
  HOST_START_FAILED: 'infra',
  NETWORK_TAKEN: 'infra',
  DRIVER_FAILED: 'infra',
  ENGINE_NOT_FOUND: 'infra',
  ENGINE_FAILED: 'infra',
  BACKEND_AWAY: 'infra',
  STACK_LOCKED: 'infra',
  LOAD_DIED: 'infra',
  TIMED_OUT: 'infra',
  TARGET_UNAVAILABLE: 'infra',
  LEFTOVERS: 'leaked',
  INTERRUPTED: 'interrupted',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KIND;

/** Exit codes of the command; `leaked` wins over all others. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  infra: 3,
  failed: 4,
  inconclusive: 5,
  leaked: 6,
  interrupted: 130,
} as const satisfies Record<ErrorKind | 'ok', number>;

/** An error that a user can act on: `message` says what happened and with which value, `hint` what to do next. */
export class RehearsalError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RehearsalError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** One mistake in the user's input. `file` is relative to the caller's folder; `line` counts from 1. */
export interface Mistake {
  readonly file: string;
  readonly line?: number | undefined;
  /** Where inside the file, such as `plan[3].backfil`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

/** Every mistake of an input at once; nothing was started. */
export class InputError extends RehearsalError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super('CONFIG_INVALID', mistakes.map(mistakeLine).join('\n'));
    this.name = 'InputError';
    this.mistakes = mistakes;
  }
}

/** `file:line key: what`, leaving out what is not known. */
export function mistakeLine({ file, line, key, message }: Mistake): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return key === '' ? `${place} ${message}` : `${place} ${key}: ${message}`;
}

/** The exit code that an error thrown at the top stands for; anything unknown is a bug of the tool (1). */
export function exitCodeFor(error: unknown): number {
  return EXIT[error instanceof RehearsalError ? ERROR_KIND[error.code] : 'internal'];
}

/** Any thrown value as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
