import { describe, expect, it } from 'vitest';
import { exitCodeFor, namedLack, ofFile, RehearsalError } from './errors.ts';

function systemError(code: string, syscall: string, path?: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, ...(path ? { path } : {}) });
}

describe('what the machine lacks', () => {
  it.each([
    ['ENOSPC', 'write', 'DISK_FULL'],
    ['EDQUOT', 'write', 'DISK_FULL'],
    ['EMFILE', 'open', 'OUT_OF_DESCRIPTORS'],
    ['EMFILE', 'spawn postgres', 'OUT_OF_DESCRIPTORS'],
    ['ENFILE', 'socket', 'OUT_OF_DESCRIPTORS'],
    ['EAGAIN', 'spawn postgres', 'OUT_OF_DESCRIPTORS'],
    ['ENOMEM', 'spawn postgres', 'OUT_OF_MEMORY'],
  ])('is named for %s of %s', (code, syscall, named) => {
    expect(namedLack(systemError(code, syscall))).toMatchObject({ code: named });
  });

  it('names the file', () => {
    const lack = namedLack(systemError('ENOSPC', 'write', '/srv/runs/x'));
    expect(lack).toMatchObject({ message: 'the disk is full (/srv/runs/x): ENOSPC' });
  });

  it('names the file that a write leaves out, and no other than the first', () => {
    const error = ofFile(systemError('ENOSPC', 'write'), '/srv/runs/x');
    expect(namedLack(ofFile(error, '/elsewhere'))).toMatchObject({
      message: 'the disk is full (/srv/runs/x): ENOSPC',
    });
  });

  it('is named where it is the cause of another error', () => {
    const cause = systemError('EMFILE', 'spawn postgres');
    const wrapped = new RehearsalError('POSTGRES_START_FAILED', 'postgres did not start', { cause });
    expect(namedLack(wrapped)).toMatchObject({ code: 'OUT_OF_DESCRIPTORS' });
    expect(namedLack(new Error('x', { cause: wrapped }))).toMatchObject({ code: 'OUT_OF_DESCRIPTORS' });
  });

  it('is not named twice, nor where nothing lacks', () => {
    const once = namedLack(systemError('ENOSPC', 'write'));
    expect(namedLack(once)).toBe(once);
    const other = new RehearsalError('RESTORE_FAILED', 'no', { cause: systemError('EAGAIN', 'read') });
    expect(namedLack(other)).toBe(other);
    expect(namedLack('text')).toBe('text');
    const circle = new Error('round');
    circle.cause = circle;
    expect(namedLack(circle)).toBe(circle);
  });
});

it('a code that is none of the tool’s is a bug of it, and never a success', () => {
  const foreign = new RehearsalError('FROM_ELSEWHERE' as 'USAGE', 'something');
  expect(exitCodeFor(foreign)).toBe(1);
});
