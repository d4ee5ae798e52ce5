import { plural } from '../../../../scripts/shared/text/format.ts';
import type { FoundPart } from './find-parts.ts';
import { NETWORK_ROLE } from './part-names.ts';

/** `host primary (process 4711, namespace, 4 cgroups, folder /var/…)`; what is but a folder is called that. */
export function describePart({ role, things }: Pick<FoundPart, 'role' | 'things'>): string {
  const [folder] = things.filter(({ kind }) => kind === 'folder').map(({ name }) => `folder ${name}`);
  if (folder !== undefined && things.every(({ kind }) => kind === 'folder')) return folder;
  const names = things
    .filter(({ kind }) => kind === 'process' || kind === 'link')
    .map(({ kind, name }) => `${kind} ${name}`);
  const cgroups = things.filter(({ kind }) => kind === 'cgroup').length;
  const parts = [
    ...names,
    ...(things.some(({ kind }) => kind === 'namespace') ? ['namespace'] : []),
    ...(things.some(({ kind }) => kind === 'route') ? ['route'] : []),
    ...(cgroups > 0 ? [plural(cgroups, 'cgroup')] : []),
    ...(folder === undefined ? [] : [folder]),
  ];
  const what = role === NETWORK_ROLE ? 'network' : `host ${role}`;
  return `${what} (${parts.length === 0 ? 'a claim' : parts.join(', ')})`;
}
