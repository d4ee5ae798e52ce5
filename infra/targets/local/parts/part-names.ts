import { createHash } from 'node:crypto';
import { ownUid } from '../../../claims/claim.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';

/** The part of a run that is not a host; no host may have this role. */
export const NETWORK_ROLE = 'network';
/** The protocol number that marks our routes, see `ip route … proto`. */
export const ROUTE_PROTO = 99;
export const CGROUP_ROOT = '/sys/fs/cgroup';
/** Where root keeps the claims on what the kernel keeps: gone with the boot, as that is. */
export const CLAIMS_ROOT = '/run/dress-rehearsal';

const DEFAULT_STATE_ROOT = '/var/lib/dress-rehearsal';
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const ROLE = /^[a-z][a-z0-9-]{0,14}$/;
/** How a part is called where its name must tell of run and role. */
const DOTTED = /^(.+)\.([^.]+)$/;
const PREFIX = 'rehearse.';

/** One host of a run, or (role `network`) its network. */
export interface Part {
  readonly runId: string;
  readonly role: string;
}

/** Undefined where that cannot be a part of ours: only what passes here ever gets into a script or a path. */
export function partOf(runId: string, role: string): Part | undefined {
  return RUN_ID.test(runId) && ROLE.test(role) && role !== 'lo' ? { runId, role } : undefined;
}

/** @throws USAGE */
export function requirePart(runId: string, role: string): Part {
  const part = partOf(runId, role);
  if (part) return part;
  throw new RehearsalError(
    'USAGE',
    `${JSON.stringify(role)} of run ${JSON.stringify(runId)} is no name for a host`,
    {
      hint: 'a role is up to 15 small letters, digits and dashes; a run id up to 120 letters, digits, dots and dashes',
    },
  );
}

/** The same with a role that is a host's. @throws USAGE */
export function requireHost(runId: string, role: string): Part {
  return requirePart(runId, role === NETWORK_ROLE ? '' : role);
}

export function netnsOf({ runId, role }: Part): string {
  return `${PREFIX}${runId}.${role}`;
}

/** Of a namespace and of a cgroup: `rehearse.<run>.<role>`. */
export function looksLikeOurs(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** `<run>.<role>`, as claims and folders are called. */
export function partOfName(name: string): Part | undefined {
  const [, runId = '', role = ''] = DOTTED.exec(name) ?? [];
  return partOf(runId, role);
}

/** Of the cable's end on this machine: interface names have 15 characters at most, so it is a hash; its alias says more. */
export function linkOf(runId: string): string {
  return `rh${hashOf(runId).slice(0, 10)}`;
}

/** A number that marks the run's route. */
export function routeMarkOf(runId: string): number {
  return Number.parseInt(hashOf(runId).slice(10, 18), 16) >>> 1 || 1;
}

/** Where hosts keep their files. @throws USAGE where REHEARSE_STATE_DIR cannot be given to mount(8) */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  const root = env['REHEARSE_STATE_DIR'] ?? DEFAULT_STATE_ROOT;
  if (/^(\/[A-Za-z0-9 ._-]+)+$/.test(root) && !root.includes('/..')) return root;
  throw new RehearsalError('USAGE', `REHEARSE_STATE_DIR is ${JSON.stringify(root)}`, {
    hint: 'give an absolute path of letters, digits, dots, dashes and blanks that does not end in a slash',
  });
}

/** What every script wants to know. */
export function variablesOf({ runId, role }: Part): Record<string, string | number> {
  return {
    STATE: stateRoot(),
    CG: CGROUP_ROOT,
    CLAIMS: CLAIMS_ROOT,
    RUN: runId,
    ROLE: role,
    UID_OF_RUN: ownUid(),
    LINK: linkOf(runId),
    MARK: routeMarkOf(runId),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
