/**
 * Sends a signal to every process of a group: a child that was started with `detached: true` leads one.
 * @param leader undefined = it could not be started
 * @returns false where there is no such process, or none that may be signalled
 */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): boolean {
  // -1 would be every process there is, and -0 the own group.
  if (leader === undefined || leader <= 1) return false;
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false; // all of it has ended
  }
}
