import { expect, it } from 'vitest';
import { isOrphan } from './shared-memory.ts';

const LISTED = `       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime        rss       swap
   1234567          5   600                    56   400   400      0   101   104   101   104 1700000000 1700000000 1700000000       4096          0
   7654321          6   600                    56   500   500      2   101   104   101   104 1700000000 1700000000 1700000000       4096          0
`;

it('takes a segment for an orphan only when key and id agree and no process uses it', () => {
  expect(isOrphan(LISTED, { key: 1234567, id: 5 })).toBe(true);
  expect(isOrphan(LISTED, { key: 1234567, id: 6 })).toBe(false);
  expect(isOrphan(LISTED, { key: 7654321, id: 6 })).toBe(false);
  expect(isOrphan('', { key: 1234567, id: 5 })).toBe(false);
});
