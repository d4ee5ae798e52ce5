import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The owner touches its lock this often; one that was not touched for `STALE_MS` belongs to a dead process. */
const TOUCH_MS = 2_000;
const STALE_MS = 15_000;
const WAIT_MS = 10 * 60_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process holds the lock file `path`. A lock left behind by a dead process is taken over.
 * `onWait` is called once when somebody else holds it; an abort of `signal` ends the waiting.
 */
export async function withLock(
  path,
  work,
  { onWait = () => {}, staleMs = STALE_MS, waitMs = WAIT_MS, signal = undefined } = {},
) {
  const token = randomUUID();
  await acquire(path, token, { onWait, staleMs, waitMs, signal });
  const touch = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // Somebody removed the file by hand; the work goes on.
    }
  }, TOUCH_MS);
  const release = () => {
    if (ownerOf(path) === token) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}

async function acquire(path, token, { onWait, staleMs, waitMs, signal }) {
  const until = Date.now() + waitMs;
  let waited = false;
  while (!create(path, token)) {
    if (ageMs(path) > staleMs) {
      rmSync(path, { force: true });
      if (!create(path, token)) continue;
      // Two processes may find the same dead lock; the one that removed it last has it, so look again a moment later.
      await sleep(POLL_MS);
      if (ownerOf(path) === token) return;
      continue;
    }
    if (Date.now() > until)
      throw new Error(`another process has been installing for too long; remove ${path}`);
    if (!waited) onWait();
    waited = true;
    await sleep(POLL_MS, undefined, { signal });
  }
}

function create(path, token) {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
