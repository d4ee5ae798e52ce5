import pg from 'pg';
import { namedLack, RehearsalError } from '../shared/errors.ts';

/** Where a server stands, for the message: `primary` or `standby`. */
export type ServerRole = 'primary' | 'standby';

/** Raised by code in PL/pgSQL (pl_exec.c): whatever SQLSTATE it chose, no call of the operating system failed. */
const RAISED_BY_CODE = 'exec_stmt_raise';
/** Where the lock table is full: the plan's own doing, and a check has it. */
const SHARED_MEMORY = /shared memory/;
const ENVIRONMENT_STATES: Readonly<Record<string, (role: ServerRole, message: string) => RehearsalError>> = {
  '53100': serverDiskFull,
  '58030': serverIoError,
};

/**
 * What PostgreSQL's host lacks, where an error says so: a rehearsal's host is not production's, so this is no verdict on the
 * plan. Errors that follow from what was configured or written (53400 temp_file_limit, 53200 for the lock table, anything
 * raised by PL/pgSQL) are the plan's: undefined. SQLSTATEs: PostgreSQL's manual, appendix A.
 */
export function machineTrouble(thrown: unknown, role: ServerRole = 'primary'): RehearsalError | undefined {
  if (!(thrown instanceof pg.DatabaseError)) {
    const named = namedLack(thrown);
    return named instanceof RehearsalError && named !== thrown ? named : undefined;
  }
  const { code = '', message, routine } = thrown;
  if (routine === RAISED_BY_CODE) return undefined;
  // fd.c: `out of file descriptors: Too many open files`; elsewhere the sentence ends with errno's words.
  if (/Too many open files/.test(message)) return serverOutOfDescriptors(role);
  if (code === '53200' && !SHARED_MEMORY.test(message)) return serverOutOfMemory(role);
  return ENVIRONMENT_STATES[code]?.(role, message);
}

/** @param message PostgreSQL's, which names the file it could not write */
export function serverDiskFull(role: ServerRole, message = ''): RehearsalError {
  const place = message.includes('pg_tblspc/') ? 'the disk of a tablespace' : 'the disk of its data';
  return new RehearsalError(
    'DISK_FULL',
    `PostgreSQL of the ${role} has no disk space left: ${place} is full`,
    {
      hint: 'this is the disk of the rehearsal, not production’s: free space there, point TMPDIR to a larger disk, or use larger hosts',
    },
  );
}

function serverIoError(role: ServerRole, message: string): RehearsalError {
  return /No space left on device|Disk quota exceeded/.test(message)
    ? serverDiskFull(role, message)
    : new RehearsalError(
        'POSTGRES_DIED',
        `PostgreSQL of the ${role} cannot read or write its files (58030)`,
        {
          hint: 'look at the disk of its host (dmesg, df), then rehearse again',
        },
      );
}

export function serverOutOfDescriptors(role: ServerRole): RehearsalError {
  return new RehearsalError('OUT_OF_DESCRIPTORS', `PostgreSQL of the ${role} could open no more files`, {
    hint: 'raise the limit of open files on its host (ulimit -n, fs.file-max), or lower load.connections',
  });
}

export function serverOutOfMemory(role: ServerRole): RehearsalError {
  return new RehearsalError('OUT_OF_MEMORY', `PostgreSQL of the ${role} got no more memory from its host`, {
    hint: `give it more (hosts.${role}.memory), or lower work_mem and maintenance_work_mem in the plan and under postgres.settings`,
  });
}
