import { expect, it } from 'vitest';
import type { PgRestore } from '../../archive/find-pg-restore.ts';
import { choosePgDump } from './choose-pg-dump.ts';

const programs: PgRestore[] = [18, 17, 15].map((major) => ({ path: `/pg/${major}/pg_dump`, major }));

it.each([
  [9, 15],
  [15, 15],
  [16, 17],
  [18, 18],
])('for a server of %i takes the pg_dump of %i', (server, major) => {
  expect(choosePgDump(programs, server, 'postgres://host/shop').major).toBe(major);
});

it('tells that a server is newer than all, and what to install', () => {
  expect(() => choosePgDump(programs, 19, 'postgres://host/shop')).toThrow(
    expect.objectContaining({
      code: 'RESTORE_FAILED',
      message: 'postgres://host/shop is PostgreSQL 19, and the newest pg_dump here is 18',
      hint: 'apt-get install postgresql-client-19',
    }),
  );
  expect(() => choosePgDump([], 15, 'postgres://host/shop')).toThrow('no pg_dump is installed here');
});
