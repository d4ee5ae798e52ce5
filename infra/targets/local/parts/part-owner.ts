import { isAlive, type PidSpace, type ProcessIdentity } from '../../../process-identity.ts';
import { judgeClaim, type Standing } from '../../../claims/claim.ts';

/** Who a part of a run belongs to and how long it may live, as it stands in claims, aliases and arguments. */
export interface Ownership {
  readonly expiresAtMs: number;
  /** Kept on purpose: it lives until it expires, owner or no owner. */
  readonly kept: boolean;
  /** `<pid>/<start time>/<boot id>/<pid namespace>`, with `-` for a pid where nobody owns it. */
  readonly owner: string;
}

export function ownerText(controller: ProcessIdentity | null, { bootId, namespace }: PidSpace): string {
  return [controller?.pid ?? '-', controller?.startTime ?? '-', bootId, namespace].join('/');
}

/** What a link says of itself; Linux knows an alias of at most 255 characters. */
export function aliasOf(runId: string, expiresAtS: number, kept: boolean, owner: string): string {
  return `rehearse ${runId} ${expiresAtS} ${kept ? 'kept' : 'owned'} ${owner}`;
}

/** The run that a link's alias names; undefined for an alias that is not ours. */
export function runOfAlias(alias: string): string | undefined {
  return /^rehearse (\S+) \d+ (?:owned|kept) \S+$/.exec(alias.trim())?.[1];
}

/** Does its run still go on, or is it kept? Without an owner the expiry decides. */
export async function standingOfPart(
  { owner, kept, expiresAtMs }: Ownership,
  here: PidSpace,
  nowMs = Date.now(),
): Promise<Standing> {
  const [pid = '-', startTime = '', bootId = '', namespace = ''] = owner.split('/');
  const expiresAt = new Date(expiresAtMs).toISOString();
  const nobodys = kept || pid === '-';
  const controllerAlive = !nobodys && (await isAlive({ pid: Number(pid), startTime }));
  const standing = judgeClaim(
    { pidSpace: { bootId, namespace }, expiresAt, keptUntil: nobodys ? expiresAt : null },
    { here, controllerAlive, nowMs },
  );
  // An owner that never was cannot be known to be dead.
  return pid === '-' ? { ...standing, ownerDied: false } : standing;
}

/** Whole seconds since 1970, as scripts count. */
export function epochSeconds(iso: string | Date): number {
  return Math.ceil(new Date(iso).getTime() / 1000);
}
