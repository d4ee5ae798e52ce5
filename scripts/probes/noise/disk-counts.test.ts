import { expect, test } from 'vitest';
import { deviceOf, diskCounts, ioBytes } from './disk-counts.ts';

const DISKSTATS = `   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 259       0 nvme0n1 100 5 2000 30 200 7 4000 90 3 1500 800 10 0 16 1 40 60
 259       1 nvme0n1p1 60 5 1000 30 100 7 2000 90 0 700 120 0 0 0 0
   8       0 sda 1 2 16 4 5 6 32 8 0 10 12
`;
const MOUNTINFO = `23 1 259:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw
24 23 0:21 / /proc rw - proc proc rw
31 23 8:0 / /srv/with\\040room rw shared:5 - xfs /dev/sda rw
32 23 0:44 /@data /var/lib rw - btrfs /dev/sda rw,subvol=/@data
33 23 0:50 / /mnt/nfs rw - nfs4 server:/export rw
34 23 0:51 / /host rw - overlay overlay rw
`;

test('reads, writes, discards and flushes of a disk count, on older kernels those that they tell', () => {
  expect(diskCounts(DISKSTATS, '259:0')).toEqual({
    device: '259:0',
    operations: 100 + 200 + 10 + 40,
    movedBytes: (2000 + 4000) * 512,
    discardedBytes: 16 * 512,
    busyMs: 1500,
    queuedMs: 800,
  });
  expect(diskCounts(DISKSTATS, '8:0')).toMatchObject({ operations: 6, movedBytes: 48 * 512, busyMs: 10 });
  expect([diskCounts(DISKSTATS, '8:1'), diskCounts(DISKSTATS, null), diskCounts('', '8:0')]).toEqual([
    null,
    null,
    null,
  ]);
});

test.each([
  ['/home/me/data', '259:1'],
  ['/srv/with room/data', '8:0'],
  ['/srv/with roomy', '259:1'],
  ['/var/lib/postgresql', '8:0'],
  ['/mnt/nfs/data', null],
  ['/host/data', null],
])('%s is on the disk %s', (folder, device) => {
  expect(deviceOf(folder, MOUNTINFO, DISKSTATS)).toBe(device);
});

test('what processes read from disks and gave to be written adds up, and what a kernel hides is not nothing', () => {
  const io = (read: number, handed: number, dirtied: number): string =>
    `rchar: 9\nwchar: ${handed}\nsyscr: 9\nsyscw: 9\nread_bytes: ${read}\nwrite_bytes: ${dirtied}\ncancelled_write_bytes: 7\n`;
  // The second one's page was dirtied as a whole folio, the first one wrote to a pipe as well.
  expect(ioBytes(`${io(1, 900, 2)}\n\n${io(30, 40, 2_000_000)}\n`)).toBe(73);
  expect(ioBytes('')).toBeNull();
});
