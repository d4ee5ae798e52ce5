import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { refused } from '../remote-source.ts';
import type { LiveServer } from './live-server.ts';

/** Under the home folder, where the URL names none (PostgreSQL, "SSL Client File Usage"). */
const USUAL = { ca: 'root.crt', cert: 'postgresql.crt', key: 'postgresql.key' } as const;

/**
 * As libpq does by `sslmode` (PostgreSQL, "SSL Mode Descriptions"): one way after the other.
 * @throws CONNECTION_FAILED where a file of it cannot be read, or none says whom to trust
 */
export async function tlsWays(server: LiveServer): Promise<(false | ConnectionOptions)[]> {
  const { host, tls, shown } = server;
  const { sslrootcert, sslcert, sslkey } = tls;
  const trustsSystem = sslrootcert === 'system';
  const { sslmode = trustsSystem ? 'verify-full' : 'prefer' } = tls;
  if (sslmode === 'disable' || host.startsWith('/')) return [false];
  const [ca, cert, key] = await Promise.all([
    trustsSystem ? undefined : fileOf(sslrootcert, USUAL.ca, server),
    fileOf(sslcert, USUAL.cert, server),
    fileOf(sslkey, USUAL.key, server),
  ]);
  const own = { ...(ca && { ca }), ...(cert && key && { cert, key }) };
  if (sslmode.startsWith('verify-') && ca === undefined && !trustsSystem)
    throw refused(
      shown,
      `sslmode=${sslmode} needs a root certificate, and there is no ~/.postgresql/${USUAL.ca}`,
      'name it by sslrootcert=…, or write sslrootcert=system for those of this machine',
    );
  // Of an address no name is known to a socket, and a certificate may be one for an address.
  if (sslmode === 'verify-full')
    return [{ ...own, checkServerIdentity: (_, cert) => checkServerIdentity(host, cert) }];
  const anyName = { ...own, checkServerIdentity: () => undefined };
  if (sslmode === 'verify-ca' || (sslmode === 'require' && ca !== undefined)) return [anyName];
  const unchecked = { ...own, rejectUnauthorized: false };
  return sslmode === 'require' ? [unchecked] : [unchecked, false];
}

async function fileOf(
  named: string | undefined,
  usual: string,
  { shown }: LiveServer,
): Promise<string | undefined> {
  if (named === undefined)
    return readFile(join(homedir(), '.postgresql', usual), 'utf8').catch(() => undefined);
  return readFile(named, 'utf8').catch((error: unknown) => {
    throw refused(
      shown,
      `${named} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'look at sslrootcert, sslcert and sslkey',
    );
  });
}
