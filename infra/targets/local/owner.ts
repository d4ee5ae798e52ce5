import { isAlive, type PidSpace, type ProcessIdentity } from '../../process-identity.ts';

/** Who a part of a run belongs to and how long it may live, as it stands in aliases, arguments and files. */
export interface Claim {
  readonly expiresAtMs: number | null;
  /** Kept on purpose: it lives until it expires, owner or no owner. */
  readonly kept: boolean;
  /** `<pid>/<start time>/<boot id>/<pid namespace>`, with `-` for a pid where nobody owns it. */
  readonly owner: string | null;
}

/** Linux knows an alias of at most 255 characters. */
const ALIAS = /^rehearse (\S+) (\d+) (owned|kept) (\S+)$/;

export function ownerText(controller: ProcessIdentity | null, { bootId, namespace }: PidSpace): string {
  return [controller?.pid ?? '-', controller?.startTime ?? '-', bootId, namespace].join('/');
}

export function aliasOf(runId: string, expiresAtS: number, kept: boolean, owner: string): string {
  return `rehearse ${runId} ${expiresAtS} ${kept ? 'kept' : 'owned'} ${owner}`;
}

/** Undefined for an alias that is not ours. */
export function parseAlias(alias: string): (Claim & { readonly runId: string }) | undefined {
  const [, runId, expiresAtS, how, owner] = ALIAS.exec(alias.trim()) ?? [];
  if (runId === undefined || owner === undefined) return undefined;
  return { runId, owner, kept: how === 'kept', expiresAtMs: Number(expiresAtS) * 1000 };
}

/** Does its run still go on, or is it kept? */
export async function isClaimInUse(claim: Claim, here: PidSpace, nowMs = Date.now()): Promise<boolean> {
  const lives = claim.expiresAtMs !== null && claim.expiresAtMs > nowMs;
  const [pid = '-', startTime = '', bootId = '', namespace = ''] = claim.owner?.split('/') ?? [];
  if (claim.owner !== null && bootId !== here.bootId) return false;
  // Without an owner, and from inside another container where it cannot be seen, the expiry decides.
  if (claim.kept || pid === '-' || namespace !== here.namespace) return claim.owner !== null && lives;
  return isAlive({ pid: Number(pid), startTime });
}

/** Whole seconds since 1970, as scripts count. */
export function epochSeconds(iso: string | Date): number {
  return Math.ceil(new Date(iso).getTime() / 1000);
}
