const POLL_MS = 500;

/**
 * Calls `gone` once when the process that started this one has ended. npm runs a script by a shell and passes signals on to
 * that shell only: it ends, and we hear nothing. `parent` is the process that is meant, where it is known for sure.
 */
export function onParentEnd(gone, pollMs = POLL_MS, parent = process.ppid) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, pollMs);
  timer.unref();
}
