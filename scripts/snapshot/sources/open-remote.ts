import type { SnapshotSource } from '../../plan/model.ts';
import type { LiveLimits } from '../../plan/schema/schema-limits.ts';
import { schemeOf, type SnapshotScheme } from '../../plan/snapshot-url.ts';
import { httpsSource } from './https.ts';
import { postgresSource } from './postgres.ts';
import { s3Source } from './s3.ts';
import { sshSource } from './ssh.ts';
import type { RemoteSource } from './remote-source.ts';

type Open = (url: URL, env: NodeJS.ProcessEnv, limits?: LiveLimits) => RemoteSource;

/** What each scheme of `snapshot.source` is read by. */
const SCHEMES: Readonly<Record<SnapshotScheme, Open>> = {
  'https:': httpsSource,
  'postgres:': postgresSource,
  's3:': s3Source,
  'ssh:': sshSource,
};

/** Of a URL that was read from rehearsal.yaml, and so is one of these schemes. */
export function remoteSource(
  { url, limits }: Pick<Extract<SnapshotSource, { kind: 'remote' }>, 'url' | 'limits'>,
  env: NodeJS.ProcessEnv,
): RemoteSource {
  const parsed = new URL(url);
  return SCHEMES[schemeOf(parsed) as SnapshotScheme](parsed, env, limits);
}
