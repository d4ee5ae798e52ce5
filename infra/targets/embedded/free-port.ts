import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LOOPBACK } from '../../postgres/names.ts';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';

/**
 * Below what systems hand out to outgoing connections (Linux from 32768, macOS from 49152): no client of the run's own load
 * can take the port while the server restarts.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 50;

/** A port that was free a moment ago. @throws PORT_TAKEN where none was found */
export async function findFreePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await tryPort(port)) === undefined) return port;
  }
  throw new RehearsalError('PORT_TAKEN', `no free port was found between ${LOWEST} and ${HIGHEST}`, {
    hint: 'name a free one as postgres.port',
  });
}

/** @throws PORT_TAKEN where the port that the rehearsal asks for cannot be had */
export async function requirePort(port: number): Promise<void> {
  const error = await tryPort(port);
  if (error) throw portTaken(port, error.code === 'EACCES' ? 'may not be opened by this user' : undefined);
}

export function portTaken(port: number, what = 'is taken by another program'): RehearsalError {
  return new RehearsalError('PORT_TAKEN', `port ${port} of ${LOOPBACK} ${what}`, {
    hint: 'stop what listens there, choose another postgres.port, or leave it out and a free one is taken',
  });
}

async function tryPort(port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: LOOPBACK, exclusive: true }, resolve);
    });
    return undefined;
  } catch (error) {
    return asError(error);
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }
}
