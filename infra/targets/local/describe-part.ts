import { plural } from '../../../scripts/shared/format.ts';
import type { FoundPart } from './find-parts.ts';
import { NETWORK_ROLE } from './names.ts';

/** `host primary (process 4711, namespace, 4 cgroups, folder /var/…)`; what is but a folder is called that. */
export function describePart({ runId, role, things }: FoundPart, root: string): string {
  const folder = `folder ${root}/${runId}/${role}`;
  if (things.every(({ kind }) => kind === 'folder')) return folder;
  const names = things
    .filter(({ kind }) => kind === 'process' || kind === 'link')
    .map(({ kind, name }) => `${kind} ${name}`);
  const cgroups = things.filter(({ kind }) => kind === 'cgroup').length;
  const parts = [
    ...names,
    ...(things.some(({ kind }) => kind === 'namespace') ? ['namespace'] : []),
    ...(things.some(({ kind }) => kind === 'route') ? ['route'] : []),
    ...(cgroups > 0 ? [plural(cgroups, 'cgroup')] : []),
    ...(things.some(({ kind }) => kind === 'folder') ? [folder] : []),
  ];
  return `${role === NETWORK_ROLE ? 'network' : `host ${role}`} (${parts.join(', ')})`;
}
