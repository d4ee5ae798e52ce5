import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned } from './group-name.ts';

const DEFINED = /^[pr]:(\w+)\/(\w+) /gm;

/** Names under which tracers left events or buffers in the kernel whose process is gone. */
export async function abandonedGroups(tracefs: string): Promise<string[]> {
  const instances = join(tracefs, 'instances');
  const buffers = existsSync(instances) ? await readdir(instances) : [];
  const defined = await definedEvents(tracefs);
  const groups = [...new Set([...buffers, ...defined.map(({ group }) => group)])];
  const isOver = await Promise.all(groups.map(isAbandoned));
  return groups.filter((_, index) => isOver[index]);
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
}

async function eventsOf(tracefs: string, group: string): Promise<string[]> {
  return (await definedEvents(tracefs)).filter((event) => event.group === group).map(({ name }) => name);
}

async function definedEvents(tracefs: string): Promise<{ group: string; name: string }[]> {
  const text = await readFile(join(tracefs, 'uprobe_events'), 'utf8');
  return [...text.matchAll(DEFINED)].map(([, group = '', name = '']) => ({ group, name }));
}
