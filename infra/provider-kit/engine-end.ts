import { connect } from 'node:net';

const POLL_MS = 500;
const DIAL_MS = 5_000;

/**
 * Calls `gone` once when the engine that started this process has ended. A killed engine leaves its plugins running: they
 * have a process group of their own and hear nothing.
 */
export function onEngineEnd(engineAddress: string | undefined, gone: () => void, pollMs = POLL_MS): void {
  const parent = process.ppid;
  let told = false;
  const tell = (): void => {
    if (told) return;
    told = true;
    clearInterval(timer);
    gone();
  };
  const timer = setInterval(() => {
    if (process.ppid !== parent) tell();
  }, pollMs);
  timer.unref();
  // It may have ended before this process could look who its parent is.
  if (engineAddress !== undefined) {
    void listens(engineAddress).then((alive) => {
      if (!alive) tell();
    });
  }
}

async function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: DIAL_MS });
    const answer = (alive: boolean) => (): void => {
      socket.destroy();
      resolve(alive);
    };
    // A slow answer is an answer: only a refused connection shows that nobody is there.
    socket.once('connect', answer(true)).once('timeout', answer(true)).once('error', answer(false));
  });
}
