import { asError } from '../../scripts/shared/errors.ts';
import { plural } from '../../scripts/shared/text/format.ts';
import { CloudRefused } from './api.ts';
import type { Cloud, Marker, Thing } from './cloud.ts';
import { runHash } from './names.ts';

/** More names than these help nobody. */
const NAMED = 5;

/** A refusal for the account's quota, with what other runs of this tool hold there: that can be removed. */
export async function withOurLeftovers(
  cloud: Cloud,
  refused: CloudRefused,
  { runId }: Marker,
  signal: AbortSignal,
): Promise<CloudRefused> {
  const found = await cloud.find(signal).catch(asError);
  signal.throwIfAborted();
  const hint = found instanceof Error ? refused.hint : hintOf(cloud, found, runHash(runId));
  const { message, status, about } = refused;
  return new CloudRefused(message, { status, about, hint: hint ?? '' });
}

function hintOf({ title }: Cloud, things: readonly Thing[], own: string): string {
  const hosts = things.filter(({ kind, hash }) => kind === 'host' && hash !== own);
  if (hosts.length === 0)
    return `nothing there is of another rehearsal: have ${title} raise the quota, remove something else, or ask for less under hosts`;
  const names = hosts.slice(0, NAMED).map(({ name, expiresAt }) => `${name} until ${expiresAt}`);
  const more = hosts.length > NAMED ? `, and ${hosts.length - NAMED} more` : '';
  return `${plural(hosts.length, 'host')} there ${hosts.length === 1 ? 'is' : 'are'} of other rehearsals (${names.join(', ')}${more}): rehearse reap --execute removes what dead runs left; else have ${title} raise the quota`;
}
