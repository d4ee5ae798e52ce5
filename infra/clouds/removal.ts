import type { Cloud, Thing } from './cloud.ts';
import { runHash } from './names.ts';

/** From the first removal of all to the last look. */
const LIMIT_MS = 300_000;
const LOOKS = 3;

/** Removes what has exactly that name and our mark. Nothing there is no error. */
export async function removeByName(
  cloud: Cloud,
  name: string,
  signal = AbortSignal.timeout(LIMIT_MS),
): Promise<undefined> {
  const found = await cloud.find(signal);
  await removeAll(
    cloud,
    found.filter((thing) => thing.name === name),
    signal,
  );
  return undefined;
}

/** Removes all that is of that run: hosts, then what they used; looks again until nothing is there. */
export async function removeOfRun(
  cloud: Cloud,
  runId: string,
  signal = AbortSignal.timeout(LIMIT_MS),
): Promise<void> {
  if (runId === '') throw new Error('a run without an id is none: everything would be removed');
  const hash = runHash(runId);
  for (let looks = 0; looks < LOOKS; looks++) {
    const found = (await cloud.find(signal)).filter((thing) => thing.hash === hash);
    if (found.length === 0) return;
    await removeAll(cloud, found, signal);
  }
}

async function removeAll(cloud: Cloud, things: readonly Thing[], signal: AbortSignal): Promise<void> {
  const isHost = ({ kind }: Thing): boolean => kind === 'host';
  const hosts = await Promise.allSettled(things.filter(isHost).map((host) => cloud.remove(host, signal)));
  for (const one of hosts) if (one.status === 'rejected') throw one.reason;
  for (const thing of things.filter((one) => !isHost(one))) await cloud.remove(thing, signal);
}
