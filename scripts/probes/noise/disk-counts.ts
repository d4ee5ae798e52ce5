/** One block device at one moment, all counted since it was there. */
export interface DiskCounts {
  /** `254:0` */
  readonly device: string;
  readonly operations: number;
  readonly movedBytes: number;
  readonly discardedBytes: number;
  /** How long it had something to do. */
  readonly busyMs: number;
  /** How long requests stood there, added up. */
  readonly queuedMs: number;
}

/** A sector of /proc/diskstats, whatever the disk's own are. */
const SECTOR_BYTES = 512;

/**
 * A device by a text of /proc/diskstats; null where it is not there. Its fields are those of the kernel's
 * Documentation/admin-guide/iostats.rst: kernels before 4.18 tell no discards, those before 5.5 no flushes.
 */
export function diskCounts(diskstats: string, device: string | null): DiskCounts | null {
  const fields = diskstats
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .find(([major, minor]) => device !== null && `${major}:${minor}` === device);
  if (device === null || fields === undefined || fields.length < 14) return null;
  const field = (number: number): number => Number(fields[number + 2] ?? 0);
  return {
    device,
    operations: field(1) + field(5) + field(12) + field(16),
    movedBytes: (field(3) + field(7)) * SECTOR_BYTES,
    discardedBytes: field(14) * SECTOR_BYTES,
    busyMs: field(10),
    queuedMs: field(11),
  };
}

/**
 * What processes read from disks and gave to be written, by several /proc/<pid>/io; what an ended child had counts on in its parent.
 * `write_bytes` counts each page that gets dirty, and since large folios the whole folio for a few bytes of it (a commit of 8 kB
 * counted 2 MB on Linux 6.18); `wchar` counts pipes as well. What was written is no more than the smaller of both.
 * @returns null for none
 */
export function ioBytes(texts: string): number | null {
  const found = [...texts.matchAll(/^wchar: (\d+)\n(?:.*\n)*?read_bytes: (\d+)\nwrite_bytes: (\d+)$/gm)];
  if (found.length === 0) return null;
  return found.reduce(
    (sum, [, handed, read, dirtied]) => sum + Number(read) + Math.min(Number(handed), Number(dirtied)),
    0,
  );
}

/**
 * The block device that a folder is on, as `254:0`; null where it is on none of the machine's own (tmpfs, NFS, overlay).
 * @param mountinfo /proc/<pid>/mountinfo, see proc_pid_mountinfo(5)
 */
export function deviceOf(folder: string, mountinfo: string, diskstats: string): string | null {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [, , device = '', , at = '', ...rest] = line.split(' ');
    const path = at.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const isAbove = path === '/' || folder === path || folder.startsWith(`${path}/`);
    return path !== '' && isAbove ? [{ device, path, source: rest[rest.indexOf('-') + 2] ?? '' }] : [];
  });
  // Of several mounts at one place the last covers the others.
  const found = mounts.reduce<(typeof mounts)[number] | undefined>(
    (best, one) => (best !== undefined && best.path.length > one.path.length ? best : one),
    undefined,
  );
  if (found === undefined) return null;
  if (!found.device.startsWith('0:')) return found.device;
  // A filesystem over several disks, such as btrfs, has a number of its own and names the first of them.
  const name = /^\/dev\/(\w+)$/.exec(found.source)?.[1];
  const line = diskstats.split('\n').map((one) => one.trim().split(/ +/));
  const [major, minor] = line.find((fields) => name !== undefined && fields[2] === name) ?? [];
  return major === undefined || minor === undefined ? null : `${major}:${minor}`;
}
