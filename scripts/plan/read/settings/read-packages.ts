import { majorOfPackage } from '../../schema/packages.ts';
import type { RehearsalConfig } from '../../schema/schema.ts';
import type { Reading } from '../reading.ts';

type Config = Pick<RehearsalConfig['postgres'], 'packages' | 'version' | 'binDir'>;

/** A mistake for each package that is for another version than the others, or than `version`. */
export function notePackages(config: Config, reading: Reading): void {
  const { packages, version, binDir } = config;
  if (packages === undefined) return;
  const wanted = versionOf(config);
  const because =
    version === undefined ? `${packages[0]} is for PostgreSQL ${wanted}` : `postgres.version is ${version}`;
  for (const [at, name] of packages.entries()) {
    if (majorOfPackage(name) !== wanted)
      reading.mistake(['postgres', 'packages', at], `{value} is for another PostgreSQL, and ${because}`);
  }
  if (binDir !== undefined)
    reading.mistake(['postgres', 'packages'], 'names packages beside postgres.binDir; leave one of them out');
}

/** The major version that is asked for, if only by the packages for it. */
export function versionOf({ packages = [], version }: Config): number | undefined {
  return version ?? majorOfPackage(packages[0] ?? '');
}
