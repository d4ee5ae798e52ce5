import type { SnapshotScheme } from '../../plan/snapshot-url.ts';
import { httpsSource } from './https.ts';
import { s3Source } from './s3.ts';
import { sshSource } from './ssh.ts';
import type { RemoteSource } from './remote-source.ts';

type Open = (url: URL, env: NodeJS.ProcessEnv) => RemoteSource;

/** What each scheme of `snapshot.source` is read by. */
const SCHEMES: Readonly<Record<SnapshotScheme, Open>> = {
  'https:': httpsSource,
  's3:': s3Source,
  'ssh:': sshSource,
};

/** Of a URL that was read from rehearsal.yaml, and so is one of these schemes. */
export function remoteSource(url: string, env: NodeJS.ProcessEnv): RemoteSource {
  const parsed = new URL(url);
  // On loopback also without TLS.
  const open = SCHEMES[(parsed.protocol === 'http:' ? 'https:' : parsed.protocol) as SnapshotScheme];
  return open(parsed, env);
}
