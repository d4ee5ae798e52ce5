import { expect, it } from 'vitest';
import { filesOfMaps, isOrphan } from './shared-memory.ts';

const LISTED = `       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime        rss       swap
   1234567          5   600                    56   400   400      0   101   104   101   104 1700000000 1700000000 1700000000       4096          0
   7654321          6   600                    56   500   500      2   101   104   101   104 1700000000 1700000000 1700000000       4096          0
`;

it('takes a segment for an orphan only when key, id and creator agree and no process uses it', () => {
  expect(isOrphan(LISTED, { key: 1234567, id: 5, creator: 400 })).toBe(true);
  expect(isOrphan(LISTED, { key: 1234567, id: 6, creator: 400 })).toBe(false);
  expect(isOrphan(LISTED, { key: 7654321, id: 6, creator: 500 })).toBe(false);
  expect(isOrphan('', { key: 1234567, id: 5, creator: 400 })).toBe(false);
  expect(isOrphan(LISTED, { key: 1234567, id: 5, creator: 401 })).toBe(false);
});

it('knows the files that a server maps by their inode numbers', () => {
  const maps = `7f0000000000-7f0000100000 rw-s 00000000 00:18 4711                       /dev/shm/PostgreSQL.1234
7f0000100000-7f0000200000 rw-s 00000000 00:18 4711                       /dev/shm/PostgreSQL.1234
7f0000200000-7f0000300000 r--p 00000000 fe:00 99                         /usr/lib/libc.so.6
`;
  expect(filesOfMaps(maps)).toEqual([{ path: '/dev/shm/PostgreSQL.1234', inode: 4711 }]);
});
