import { once } from 'node:events';
import { connect } from 'node:net';
import { sleep } from '../../../../scripts/shared/clock.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { within } from '../../../../scripts/shared/within.ts';

const READY_MS = 15_000;
const RETRY_MS = 15;
const TRY_MS = 1_000;
const SSH_PORT = 22;

/** Waits until an SSH server introduces itself at `address`. @throws HOST_START_FAILED, or the signal's reason */
export async function waitForSshd(
  address: string,
  lives: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (!(await answers(address, signal))) {
    signal.throwIfAborted();
    if (Date.now() > deadline || !(await lives())) {
      throw new RehearsalError('HOST_START_FAILED', `no SSH server answers at ${address}`, {
        hint: 'look whether a firewall of this machine drops what it sends to private networks',
      });
    }
    await sleep(RETRY_MS, signal);
  }
}

async function answers(host: string, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host, port: SSH_PORT });
  try {
    const stop = within([signal], TRY_MS);
    const [banner] = (await once(socket, 'data', { signal: stop })) as [Buffer];
    return banner.toString('latin1').startsWith('SSH-2.0');
  } catch {
    return false;
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}
