import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type { Value } from './privileged.ts';

/** A file or folder of this machine that a host may read. */
export interface Share {
  readonly from: string;
  /** Below /opt/rehearse; a relative path is taken from there. */
  readonly to: string;
}

const BELOW = '/opt/rehearse';

/** Shares as variables of init, with links resolved: where they lead to is not there in the host. @throws HOST_START_FAILED */
export async function shareVariables(shares: readonly Share[]): Promise<Record<string, Value>> {
  const pairs = await Promise.all(shares.map(async ({ from, to }) => [await existing(from), target(to)]));
  return { SHARES: pairs.flat() };
}

async function existing(from: string): Promise<string> {
  return realpath(from).catch((cause: unknown) => {
    throw new RehearsalError('HOST_START_FAILED', `${from}, which the host is to read, is not there`, {
      cause,
    });
  });
}

function target(to: string): string {
  const path = posix.resolve(BELOW, to);
  if (path.startsWith(`${BELOW}/`)) return path;
  throw new RehearsalError('USAGE', `a host shows shared files below ${BELOW} only, not at ${to}`);
}
