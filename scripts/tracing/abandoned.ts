import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isClaimed, unclaimGroup } from './group-claim.ts';
import { parseGroupName } from './group-name.ts';

const DEFINED = /^[pr]:(\w+)\/(\w+) /gm;

/** What is called like a group of ours and carries no claim. */
export async function unclaimedGroups(tracefs: string): Promise<string[]> {
  const instances = join(tracefs, 'instances');
  const buffers = existsSync(instances) ? await readdir(instances) : [];
  const defined = await definedEvents(tracefs);
  const groups = new Set([...buffers, ...defined.map(({ group }) => group)].filter(parseGroupName));
  const claimed = await Promise.all([...groups].map(isClaimed));
  return [...groups].filter((_, index) => !claimed[index]);
}

/**
 * Takes the events and the buffer of a group away. Somebody else may be doing the same.
 * @throws Error when some of it is still there
 */
export async function removeGroup(tracefs: string, group: string): Promise<void> {
  const dir = join(tracefs, 'instances', group);
  await writeFile(join(dir, 'events', group, 'enable'), '0').catch(() => undefined); // it may have none
  await rmdir(dir).catch(() => undefined);
  for (const name of await eventsOf(tracefs, group)) {
    await appendFile(join(tracefs, 'uprobe_events'), `-:${group}/${name}\n`).catch(() => undefined);
  }
  if (existsSync(dir) || (await eventsOf(tracefs, group)).length > 0)
    throw new Error(`the trace events of ${group} cannot be removed`);
  await unclaimGroup(group);
}

async function eventsOf(tracefs: string, group: string): Promise<string[]> {
  return (await definedEvents(tracefs)).filter((event) => event.group === group).map(({ name }) => name);
}

async function definedEvents(tracefs: string): Promise<{ group: string; name: string }[]> {
  const text = await readFile(join(tracefs, 'uprobe_events'), 'utf8');
  return [...text.matchAll(DEFINED)].map(([, group = '', name = '']) => ({ group, name }));
}
