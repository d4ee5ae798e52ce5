import type { Client, ClientChannel } from 'ssh2';
import { sendSignal } from './ssh/ssh2-internals.ts';

/** How long a command may take to end after it was told to. */
const END_MS = 2_000;

/**
 * sshd does not pass signals on to what root runs (OpenSSH before 9.8). All that runs over this connection has the same
 * parent, so a second command on it can: to each but itself, and to what those started.
 */
const END_OTHERS =
  'for pid in $(cat /proc/$PPID/task/*/children 2>/dev/null); do [ $pid = $$ ] || kill -TERM -- -$pid; done';

/** Tells a command to end and waits a moment for it; then, or where the connection is lost, lets go of it. */
export async function stopRemote(client: Client, channel: ClientChannel): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, END_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    channel.once('close', done);
    client.once('close', done);
    sendSignal(client, channel, 'TERM');
    endOthers(client, done);
  });
  channel.close();
}

function endOthers(client: Client, unreachable: () => void): void {
  try {
    client.exec(END_OTHERS, (error, helper) => {
      // A host that takes no second command has had its signal.
      if (error) return;
      helper.on('error', () => undefined).resume();
      helper.stderr.resume();
      helper.end();
    });
  } catch {
    unreachable();
  }
}
