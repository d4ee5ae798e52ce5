import type { Cloud, Thing } from './cloud.ts';
import { runHash } from './names.ts';
import { untilListed } from './once.ts';

/** From the first removal of all to the last look. */
const LIMIT_MS = 300_000;
const LOOKS = 3;

/** What is known of the thing besides its name. */
interface Known {
  /** What the cloud called it when it was made: then no list has to show it. */
  readonly made?: Pick<Thing, 'kind' | 'id'> | undefined;
  /** Its order was sent, and nobody knows what became of that: it may not be listed yet. */
  readonly mayAppear?: boolean;
}

/** Removes what has exactly that name and our mark. Nothing there is no error. */
export async function removeByName(
  cloud: Cloud,
  name: string,
  { made, mayAppear = false }: Known = {},
  signal = AbortSignal.timeout(LIMIT_MS),
): Promise<undefined> {
  const look = async (): Promise<Thing[] | undefined> => {
    const things = (await cloud.find(signal)).filter((thing) => thing.name === name);
    return things.length > 0 ? things : undefined;
  };
  const { pollMs: pauseMs } = cloud.patience;
  const found = (await (mayAppear ? untilListed({ look, pauseMs, signal }) : look())) ?? [];
  const isKnown = ({ kind, id }: Thing): boolean => kind === made?.kind && id === made.id;
  if (made !== undefined && !found.some(isKnown)) await cloud.remove({ ...made, name }, signal);
  await removeAll(cloud, found, signal);
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
