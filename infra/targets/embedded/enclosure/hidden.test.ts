import { expect, it } from 'vitest';
import { pathsOf } from './hidden.ts';

it('names each socket that has a place among the files once, and no abstract or nameless one', () => {
  const table = `Num       RefCount Protocol Flags    Type St Inode Path
00000000b94acab4: 00000002 00000000 00010000 0001 01 938748 /run/my server/a socket
00000000b94acab5: 00000003 00000000 00000000 0001 03 938749 /run/my server/a socket
000000005f63591a: 00000003 00000000 00000000 0001 03 938304
00000000cb77b222: 00000002 00000000 00010000 0001 01    12 @/tmp/abstract
00000000cb77b223: 00000002 00000000 00000000 0002 01    13 /dev/log
`;
  expect(pathsOf(table)).toEqual(['/run/my server/a socket', '/dev/log']);
});
