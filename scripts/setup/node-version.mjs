/** The oldest Node that the tool supports, as in package.json's `engines`. */
const OLDEST = [20, 19];

/** One line that says what to do when this Node is too old; undefined when it is new enough. */
export function nodeTooOld(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `error USAGE: Node ${version} is too old; install Node ${OLDEST.join('.')} or newer (https://nodejs.org)`;
}
