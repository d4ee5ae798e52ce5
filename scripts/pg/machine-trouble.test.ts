import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { machineTrouble } from './machine-trouble.ts';

function pgError(code: string, message: string, routine = 'mdextend'): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error');
  return Object.assign(error, { code, routine });
}

describe('what the host of a server lacks', () => {
  it.each([
    ['53100', 'could not extend file "base/5/16384": No space left on device', 'DISK_FULL', 'of its data'],
    ['53100', 'could not extend file "pg_tblspc/7/PG_18/5/1": No space left', 'DISK_FULL', 'a tablespace'],
    ['58030', 'could not write to file "pg_wal/x": No space left on device', 'DISK_FULL', 'of its data'],
    ['58030', 'could not read block 1 in file "base/5/1": Input/output error', 'POSTGRES_DIED', '58030'],
    ['53000', 'out of file descriptors: Too many open files in system', 'OUT_OF_DESCRIPTORS', 'primary'],
    ['53200', 'out of memory', 'OUT_OF_MEMORY', 'primary'],
  ])('is told apart from the plan: %s %s', (code, message, expected, says) => {
    const found = machineTrouble(pgError(code, message));
    expect(found).toMatchObject({ code: expected });
    expect(found?.message).toContain(says);
  });

  it.each([
    ['53100', 'no more rows for you', 'exec_stmt_raise'],
    ['53200', 'out of shared memory', 'LockAcquireExtended'],
    ['53400', 'temporary file size exceeds "temp_file_limit" (1024kB)', 'FileWriteV'],
    ['53300', 'sorry, too many clients already', 'InitProcess'],
    ['42703', 'column "a" does not exist', 'errorMissingColumn'],
  ])('is not what the plan or its settings bring about: %s %s', (code, message, routine) => {
    expect(machineTrouble(pgError(code, message, routine))).toBeUndefined();
  });

  it.each([
    ['ENOSPC', 'write', 'DISK_FULL'],
    ['EDQUOT', 'write', 'DISK_FULL'],
    ['EMFILE', 'open', 'OUT_OF_DESCRIPTORS'],
    ['ENFILE', 'open', 'OUT_OF_DESCRIPTORS'],
    ['ENOMEM', 'spawn x', 'OUT_OF_MEMORY'],
    ['EAGAIN', 'spawn x', 'OUT_OF_DESCRIPTORS'],
  ])('is named where the tool itself meets %s in %s', (code, syscall, expected) => {
    expect(machineTrouble(Object.assign(new Error(code), { code, syscall }))).toMatchObject({
      code: expected,
    });
  });

  it('says nothing of other errors of the operating system', () => {
    expect(
      machineTrouble(Object.assign(new Error('x'), { code: 'EAGAIN', syscall: 'read' })),
    ).toBeUndefined();
    expect(machineTrouble(new TypeError('x'))).toBeUndefined();
  });
});
