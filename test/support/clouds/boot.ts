import { parse } from 'yaml';
import { sleep } from '../../../scripts/shared/clock.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import type { FaultKind } from './fake-server.ts';
import type { FakeHost, FakeHostOrder, Machines } from './machines.ts';

/** How the making of a VM ends. */
type Booted = { readonly address: string; readonly host?: FakeHost } | 'failure';

/** A VM's first boot: what its user-data says is done, after the time that a cloud takes. */
export async function boot(
  machines: Machines,
  { userData, ...order }: Omit<FakeHostOrder, 'hostKey'> & { readonly userData?: unknown },
  { createMs, fault }: { readonly createMs: number; readonly fault: FaultKind | undefined },
): Promise<Booted> {
  await sleep(createMs);
  if (fault === 'failure') return 'failure';
  // Nobody listens there on port 22.
  if (fault === 'no-ssh') return { address: '127.0.0.1' };
  try {
    const host = await machines.host({ ...order, hostKey: hostKeyIn(userData) });
    return { address: host.address, host };
  } catch (error) {
    process.stderr.write(`fake cloud: ${asError(error).message}\n`);
    return 'failure';
  }
}

/** As cloud-init takes it: only from a document that begins with `#cloud-config`. */
function hostKeyIn(userData: unknown): FakeHostOrder['hostKey'] {
  if (typeof userData !== 'string' || !userData.startsWith('#cloud-config\n')) return undefined;
  const { ssh_keys: keys } = parse(userData) as { ssh_keys?: Record<string, string> };
  const [secret, open] = [keys?.['ed25519_private'], keys?.['ed25519_public']];
  return secret === undefined || open === undefined ? undefined : { private: secret, public: open };
}
