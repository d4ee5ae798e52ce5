import { readdir, readFile } from 'node:fs/promises';
import { monotonicMs } from '../../shared/clock.ts';
import { readingOf, type Reading } from './reading.ts';

/** The host of this process; own are this process and all that it started. @throws where there is no /proc that tells */
export async function readOwnHost(): Promise<Reading> {
  const [bootId, stat, cpuPressure, ioPressure, pids] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    readFile('/proc/stat', 'latin1'),
    readFile('/proc/pressure/cpu', 'latin1').catch(() => null),
    readFile('/proc/pressure/io', 'latin1').catch(() => null),
    family(process.pid),
  ]);
  const ofEach = async (file: 'stat' | 'io'): Promise<string> => {
    const texts = pids.map((pid) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => ''));
    return (await Promise.all(texts)).join('\n');
  };
  const [own, ownIo] = await Promise.all([ofEach('stat'), ofEach('io')]);
  return readingOf({ bootId, stat, cpuPressure, ioPressure, own, ownIo }, monotonicMs());
}

/** The process and its descendants, by the kernel's own lists (CONFIG_PROC_CHILDREN). @throws for the first, where there are none */
async function family(root: number): Promise<number[]> {
  const found = [root];
  for (let at = 0; at < found.length; at++) {
    const pid = found[at] ?? root;
    const children = await childrenOf(pid).catch((error: unknown) => {
      if (pid === root) throw error;
      return []; // it has just ended
    });
    found.push(...children);
  }
  return found;
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch((error: unknown) => {
        if (thread === String(pid)) throw error;
        return '';
      }),
    ),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
