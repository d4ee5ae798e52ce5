import { s3Access, type S3Access } from './aws-config.ts';
import { httpSource } from './https.ts';
import type { RemoteSource } from './remote-source.ts';
import { signedHeaders } from './sigv4.ts';

const ACCESS_MS = 10_000;
/** Temporary credentials live for an hour or longer; they are asked for again where a reading goes on. */
const KEPT_MS = 10 * 60_000;

/** An object of S3, or of whatever speaks like it: `s3://bucket/key`, always asked with the bucket in the path. */
export function s3Source(url: URL, env: NodeJS.ProcessEnv): RemoteSource {
  const shown = `s3://${url.host}${url.pathname}`;
  let known: { readonly access: S3Access; readonly until: number } | undefined;
  return httpSource(shown, async (_from, headers) => {
    if (known === undefined || Date.now() > known.until) {
      const access = await s3Access(env, AbortSignal.timeout(ACCESS_MS));
      known = { access, until: Date.now() + KEPT_MS };
    }
    const { credentials, region, endpoint } = known.access;
    const object = new URL(endpoint);
    object.pathname = `${endpoint.pathname.replace(/\/$/, '')}/${url.host}${url.pathname}`;
    const version = url.searchParams.get('versionId');
    if (version !== null) object.searchParams.set('versionId', version);
    return {
      url: object,
      headers: signedHeaders({ url: object, headers, credentials, region, at: new Date() }),
    };
  });
}
