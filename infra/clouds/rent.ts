import { RehearsalError } from '../../scripts/shared/errors.ts';
import { generateKeyPair } from '../ssh/key-pair.ts';
import { CloudRefused, type RefusedFor } from './api.ts';
import type { Cloud, HostOrder, Vm } from './cloud.ts';
import { firstContact } from './first-contact.ts';
import { withOurLeftovers } from './quota.ts';

const SSH_PORT = 22;
/** As Raff's hourly prices are made of its monthly ones. */
const HOURS_OF_MONTH = 720;

interface Rental extends Omit<HostOrder, 'planId' | 'userData'> {
  /** In the order in which they are tried. */
  readonly plans: readonly string[];
  readonly allowUpFront: boolean;
}

export interface Rented {
  readonly vm: Vm;
  readonly plan: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly notes: string[];
}

/**
 * One host whose SSH answers. A size that is sold out, or over the account's quota, is followed by the next; all other refusals
 * end it. Where it is the quota in the end, the error says what of ours is held against it.
 * @throws CloudRefused, CloudUnclear, COST_REFUSED where a month is taken up front unasked
 */
export async function rent(cloud: Cloud, rental: Rental, signal: AbortSignal): Promise<Rented> {
  const key = cloud.userData ? generateKeyPair('') : undefined;
  const { vm, plan, refused } = await firstToBeHad(
    cloud,
    rental,
    key && { userData: cloudConfig(key) },
    signal,
  );
  if (vm.paidUpFront && !rental.allowUpFront) throw upFront(cloud, vm);
  const { sshMs, pollMs } = cloud.patience;
  const expected = key === undefined || vm.adopted ? undefined : key.public.trim();
  const what = `${cloud.title} host ${vm.name}`;
  const contact = { what, host: vm.publicAddress, port: SSH_PORT, expected, limitMs: sshMs, pollMs, signal };
  const hostKey = await firstContact(contact);
  const notes = refused === undefined ? [] : [`it is of the plan ${plan}: ${refused}.`];
  if (expected === undefined) notes.push('its SSH key was taken as it was shown at the first contact.');
  return { vm, plan, hostKey, notes };
}

async function firstToBeHad(
  cloud: Cloud,
  { plans, ...order }: Omit<Rental, 'allowUpFront'>,
  more: { readonly userData: string } | undefined,
  signal: AbortSignal,
): Promise<{ vm: Vm; plan: string; refused: string | undefined }> {
  let last: CloudRefused | undefined;
  let refused: string | undefined;
  for (const plan of plans) {
    try {
      return { vm: await cloud.makeHost({ ...order, ...more, planId: plan }, signal), plan, refused };
    } catch (error) {
      const why = error instanceof CloudRefused ? REFUSED[error.about] : undefined;
      if (!(error instanceof CloudRefused) || why === undefined) throw error;
      last = error;
      refused ??= `${plan} was ${why}`;
    }
  }
  if (last?.about === 'quota') throw await withOurLeftovers(cloud, last, order.marker, signal);
  throw last ?? new Error('no plan to order');
}

/** After these refusals another size may be had. */
const REFUSED: Readonly<Partial<Record<RefusedFor, string>>> = {
  soldOut: 'sold out',
  quota: 'over the quota of the account',
};

/** Its host key is ours from the first boot on. */
function cloudConfig({ private: secret, public: open }: { private: string; public: string }): string {
  const block = secret
    .trim()
    .split('\n')
    .map((line) => `    ${line}`);
  return [
    '#cloud-config',
    'ssh_deletekeys: true',
    'ssh_keys:',
    '  ed25519_private: |',
    ...block,
    `  ed25519_public: ${open.trim()}`,
    'package_update: false',
    '',
  ].join('\n');
}

function upFront(cloud: Cloud, { pricePerHour }: Vm): RehearsalError {
  const perMonth = pricePerHour === undefined ? '' : ` (some $${(pricePerHour * HOURS_OF_MONTH).toFixed(2)})`;
  const sum = `a month${perMonth}`;
  return new RehearsalError(
    'CLOUD_REFUSED',
    `this account of ${cloud.title} is billed by subscription: ${sum} was taken up front for this host, which was removed at once`,
    {
      hint: `what is left of the month is credited to the account; to allow it: allowUpFront: true under targets.${cloud.name}`,
    },
  );
}
