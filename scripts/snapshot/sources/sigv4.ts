import { createHash, createHmac } from 'node:crypto';

/*
 * AWS Signature Version 4 of a GET without a body, as the header Authorization: the one thing that reading from S3 needs of
 * a cloud's library. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, whose example is the test.
 */

const ALGORITHM = 'AWS4-HMAC-SHA256';
const EMPTY_SHA256 = createHash('sha256').update('').digest('hex');

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ToSign {
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: S3Credentials;
  readonly region: string;
  readonly at: Date;
}

/** The headers to send: those given, and with them when it was asked, by whom, and the signature. */
export function signedHeaders({ url, headers, credentials, region, at }: ToSign): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': EMPTY_SHA256,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  // fetch adds to accept-encoding by itself where a range is asked for.
  const names = Object.keys(all)
    .filter((name) => name !== 'accept-encoding')
    .sort();
  const signed = names.join(';');
  const lines = names.map((name) => `${name}:${(all[name] ?? '').trim().replace(/\s+/g, ' ')}\n`).join('');
  const request = ['GET', encodedPath(url.pathname), encodedQuery(url), lines, signed, EMPTY_SHA256].join(
    '\n',
  );
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = [ALGORITHM, time, scope, createHash('sha256').update(request).digest('hex')].join('\n');
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of [day, region, 's3', 'aws4_request']) key = hmac(key, part);
  const signature = hmac(key, text).toString('hex');
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope},SignedHeaders=${signed},Signature=${signature}`;
  delete all['host']; // fetch writes it
  return { ...all, authorization };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** RFC 3986: all but unreserved characters as %XX. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodedPath(path: string): string {
  return path
    .split('/')
    .map((part) => encoded(decodeURIComponent(part)))
    .join('/');
}

function encodedQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.sort().join('&');
}
