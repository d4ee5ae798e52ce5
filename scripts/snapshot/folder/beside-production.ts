import type { Production } from '../../plan/production/snapshot-facts.ts';
import { formatBytes, formatCount, formatMs, formatShare, plural } from '../../shared/text/format.ts';
import { relationsBeside } from './relations-beside.ts';

/** Below this the restored database is as large as production’s. */
const SAME_SHARE = 0.05;

/** Of what is rehearsed on. */
export interface Here {
  readonly major: number;
  /** As `version()` says it. */
  readonly build: string;
  /** Of the database. */
  readonly bytes: number;
  /** Its rows were made, not restored. */
  readonly isSynthetic: boolean;
  readonly collation: Production['collation'];
  readonly extensions: Production['extensions'];
  readonly tables: Production['tables'];
  readonly indexes: Production['indexes'];
}

/**
 * How what was restored differs from the server that its snapshot folder was taken from, as sentences for the report.
 */
export function besideProduction(production: Production, here: Here): string[] {
  return [
    ...versions(production, here),
    ...size(production, here),
    ...relationsBeside(production, here),
    ...collation(production, here),
    ...hardware(production),
    ...settings(production),
    ...activity(production),
  ];
}

function versions(production: Production, here: Here): string[] {
  const others = Object.entries(production.extensions)
    .filter(([name, version]) => here.extensions[name] !== undefined && here.extensions[name] !== version)
    .map(([name, version]) => `${name} ${version} (here ${here.extensions[name] ?? ''})`);
  return [
    ...(production.major === here.major
      ? minor(production, here)
      : [
          `Production ran PostgreSQL ${production.major} when the snapshot was taken, and this rehearsal PostgreSQL ${here.major}: locks, plans and rewrites may differ.`,
        ]),
    ...(others.length > 0 ? [`Production had other versions of extensions: ${others.join(', ')}.`] : []),
  ];
}

function minor(production: Production, here: Here): string[] {
  const [was, is] = [production, here].map(({ build }) => /^PostgreSQL (\S+)/.exec(build)?.[1] ?? '');
  return was === is ? [] : [`Production ran PostgreSQL ${was}, and this rehearsal PostgreSQL ${is}.`];
}

function size(production: Production, { bytes, isSynthetic }: Here): string[] {
  const share = bytes / Math.max(1, production.bytes) - 1;
  if (Math.abs(share) <= SAME_SHARE) return [];
  return [
    `The ${isSynthetic ? 'made' : 'restored'} database has ${formatBytes(bytes)}, ${formatShare(Math.abs(share))} ${share < 0 ? 'less' : 'more'} than the ${formatBytes(production.bytes)} of production: ${isSynthetic ? '' : 'a restore removes bloat, and '}what reads or writes whole tables takes another time there.`,
  ];
}

function collation({ collation: was }: Production, { collation: is }: Here): string[] {
  if (was.name === is.name && (was.version === is.version || was.version === null || is.version === null))
    return [];
  const [there, here] = [was, is].map(
    ({ name, version }) => `${name}${version === null ? '' : ` ${version}`}`,
  );
  return [
    `Production sorted texts by ${there}, and this rehearsal by ${here}: the order of texts, and with it indexes and ranges, may differ.`,
  ];
}

function hardware({ hardware: was }: Production): string[] {
  if (was === null) return [];
  return [
    `Production’s machine had ${plural(was.cpus, 'processor')} and ${formatBytes(was.memoryBytes)} memory.`,
  ];
}

function settings({ followed, otherSettings }: Production): string[] {
  const told = otherSettings.map(({ name, value, here }) => `${name} = ${value} (here ${here ?? 'not set'})`);
  return [
    ...(followed.length > 0
      ? [
          `${plural(followed.length, 'setting')} of the server ${followed.length === 1 ? 'follows' : 'follow'} production: ${followed.map(({ name, value }) => `${name} = ${value}`).join(', ')}.`,
        ]
      : []),
    ...(told.length > 0
      ? [
          `Production had ${plural(told.length, 'setting')} that this rehearsal does not follow: ${told.join(', ')}.`,
        ]
      : []),
  ];
}

function activity({ activity: was }: Production): string[] {
  if (was === null) return [];
  const rate = `${formatCount(Math.round(was.transactionsPerSec))} transactions a second`;
  return [
    `The rate of the load is production’s ${rate}, the average of ${formatMs(was.seconds * 1000)} (${was.during}); its peaks were above it.`,
  ];
}
