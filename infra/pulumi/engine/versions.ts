/** What set-up downloads or builds. A newer or older CLI on PATH is as good, within the range below. */
export const CLI_VERSION = '3.259.0';
/** The newest release of the language host for Node.js that is part of a module with a version tag. */
export const LANGUAGE_HOST_VERSION = '3.65.0';
/** The plugin that `@pulumi/command` of package.json asks for. */
export const COMMAND_VERSION = '1.2.1';
/** As in `go.mod` of the modules that set-up builds. */
export const OLDEST_GO = '1.25.11';

const OLDEST_CLI = '3.238.0';
const FIRST_CLI_TOO_NEW = '4.0.0';

/** For messages: the versions of the CLI that will do. */
export const ACCEPTED_CLI = '3.238 or newer, below 4';

/** `v3.259.0`, `go1.26.8` or `3.250.0-alpha.1` → `3.259.0`, `1.26.8`, `3.250.0`; undefined where there is none. */
export function parseVersion(text: string): string | undefined {
  const match = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : `${match[1] ?? '0'}.${match[2] ?? '0'}.${match[3] ?? '0'}`;
}

/** Compares `1.2.10` with `1.2.9` by number, part by part. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [position, wanted] of oldest.split('.').map(Number).entries()) {
    const part = parts[position] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

export function isAcceptedCli(version: string): boolean {
  return isAtLeast(version, OLDEST_CLI) && !isAtLeast(version, FIRST_CLI_TOO_NEW);
}
