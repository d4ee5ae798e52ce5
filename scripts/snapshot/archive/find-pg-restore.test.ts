import { expect, it } from 'vitest';
import { choosePgRestore, type PgRestore } from './find-pg-restore.ts';

const programs: PgRestore[] = [18, 17, 15, 13].map((major) => ({ path: `/pg/${major}/pg_restore`, major }));

it.each([
  [15, 18, 18],
  [15, 16, 15],
  [15, 17, 17],
  [16, 15, 17],
  [9, 14, 13],
])('for an archive of %i and a server of %i takes the pg_restore of %i', (archive, server, major) => {
  expect(choosePgRestore(programs, archive, server, 'shop.dump').major).toBe(major);
});

it('names what to install where none is new enough', () => {
  expect(() => choosePgRestore([{ path: '/pg/15/pg_restore', major: 15 }], 18, 18, 'shop.dump')).toThrow(
    expect.objectContaining({
      code: 'RESTORE_FAILED',
      message: 'shop.dump is an archive of pg_dump 18, and the newest pg_restore here is 15',
      hint: 'apt-get install postgresql-client-18, or take a plain dump, which needs no program: pg_dump --format=plain',
    }),
  );
  expect(() => choosePgRestore([], 15, 18, 'shop.dump')).toThrow('no pg_restore is installed here');
});
