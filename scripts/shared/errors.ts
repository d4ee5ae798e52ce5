/** What an error means for the person who runs the tool; it decides the exit code. */
type ErrorKind = 'internal' | 'usage' | 'infra' | 'failed' | 'inconclusive' | 'leaked' | 'interrupted';

const ERROR_KIND = {
  USAGE: 'usage',
  CONFIG_INVALID: 'usage',
  REHEARSAL_NOT_FOUND: 'usage',
  SNAPSHOT_NOT_FOUND: 'usage',
  COMMAND_NOT_FOUND: 'usage',
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
  OUT_OF_MEMORY: 'infra',
  OUT_OF_DESCRIPTORS: 'infra',
  BACKEND_KILLED: 'infra',
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
  PUBLISH_FAILED: 'infra',
  TARGET_UNAVAILABLE: 'infra',
  CLOUD_REFUSED: 'infra',
  CLOUD_UNCLEAR: 'infra',
  COST_REFUSED: 'usage',
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

/** What each says, in the order in which help tells them. */
export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'passed',
  internal: 'bug in the tool',
  usage: 'usage or config',
  infra: 'infrastructure, restore or connection',
  failed: 'budget exceeded or step failed',
  inconclusive: 'inconclusive',
  leaked: 'something may remain',
  interrupted: 'interrupted and cleaned up',
};

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

/** Errors of the operating system that say what this machine lacks (errno(3)). */
const LACKS: Readonly<Record<string, { code: ErrorCode; what: string; hint: string }>> = {
  ENOSPC: {
    code: 'DISK_FULL',
    what: 'the disk is full',
    hint: 'free some space there, or give the run folder (--out) or TMPDIR a place on a larger disk',
  },
  EDQUOT: {
    code: 'DISK_FULL',
    what: 'the disk quota is used up',
    hint: 'free some space there, or give the run folder (--out) or TMPDIR a place on another disk',
  },
  EMFILE: {
    code: 'OUT_OF_DESCRIPTORS',
    what: 'this process may open no more files',
    hint: 'raise its limit (ulimit -n), or lower load.connections',
  },
  ENFILE: {
    code: 'OUT_OF_DESCRIPTORS',
    what: 'this machine can open no more files',
    hint: 'raise fs.file-max, or end what holds so many files open',
  },
  ENOMEM: {
    code: 'OUT_OF_MEMORY',
    what: 'this machine has no memory left',
    hint: 'end other programs, or rehearse with less load',
  },
  EAGAIN: {
    code: 'OUT_OF_DESCRIPTORS',
    what: 'this user may start no more processes',
    hint: 'raise the limit (ulimit -u), or end other programs of this user',
  },
};

const LACK_CODES: ReadonlySet<ErrorCode> = new Set(Object.values(LACKS).map(({ code }) => code));
/** An error wraps another a few times at most; no circle of causes is followed. */
const MOST_CAUSES = 5;

/**
 * What the machine lacks, where a call of the operating system says that it does, be it as the cause of another error; else the
 * value as it was thrown.
 */
export function namedLack(thrown: unknown): unknown {
  if (thrown instanceof RehearsalError && LACK_CODES.has(thrown.code)) return thrown;
  let error = thrown;
  for (let depth = 0; error instanceof Error && depth < MOST_CAUSES; depth++, error = error.cause) {
    const lack = lackOf(error);
    if (lack) return lack;
  }
  return thrown;
}

/** The same error, which then names the file: Node.js leaves it out where a write fails. */
export function ofFile(thrown: unknown, path: string): Error {
  const error = asError(thrown);
  return 'path' in error ? error : Object.assign(error, { path });
}

function lackOf(error: Error): RehearsalError | undefined {
  if (error instanceof RehearsalError) return undefined;
  const { code = '', path, syscall = '' }: NodeJS.ErrnoException = error;
  const lack = LACKS[code];
  if (lack === undefined || (code === 'EAGAIN' && !syscall.startsWith('spawn'))) return undefined;
  const where = path === undefined ? '' : ` (${path})`;
  return new RehearsalError(lack.code, `${lack.what}${where}: ${code}`, { hint: lack.hint, cause: error });
}

/** The exit code that an error thrown at the top stands for; anything unknown is a bug of the tool (1). */
export function exitCodeFor(error: unknown): number {
  if (!(error instanceof RehearsalError)) return EXIT.internal;
  // The code of an error from another process may be none of ours.
  const known: Partial<typeof ERROR_KIND> = ERROR_KIND;
  return EXIT[known[error.code] ?? 'internal'];
}

/** Any thrown value as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
