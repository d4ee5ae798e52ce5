import { z } from 'zod';
import { monotonicMs } from '../../../scripts/shared/clock.ts';
import type { CloudName, Thing } from '../../clouds/cloud.ts';
import { cloudOf } from '../../clouds/index.ts';

/** Clouds count requests by the hour: one list for all hosts of a run. */
const FRESH_MS = 15_000;
const LOOK_MS = 60_000;

const identitySchema = z.object({ id: z.string(), name: z.string() });
const looks = new Map<CloudName, { atMs: number; things: Promise<Thing[] | undefined> }>();

/** False where the cloud has it no more, or switched off; a cloud that does not answer says nothing about it. */
export async function cloudAlive(cloud: CloudName, identity: string): Promise<boolean> {
  const { id, name } = identitySchema.parse(JSON.parse(identity));
  const things = await look(cloud);
  return things === undefined || things.some((thing) => thing.id === id && thing.name === name && !thing.off);
}

function look(cloud: CloudName): Promise<Thing[] | undefined> {
  const last = looks.get(cloud);
  if (last && monotonicMs() - last.atMs < FRESH_MS) return last.things;
  const things = cloudOf(cloud)
    .find(AbortSignal.timeout(LOOK_MS))
    .catch(() => undefined);
  looks.set(cloud, { atMs: monotonicMs(), things });
  return things;
}
