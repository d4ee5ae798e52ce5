import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { PhysicalCopy, StartedCopy } from '../../../../scripts/snapshot/physical/physical-copy.ts';
import { giveAll, makeConfigOf } from '../bases/cloned-data.ts';
import type { Cell } from '../cell/cell.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { disarmCatalogs } from './disarm-catalogs.ts';

/** As initdb --auth=scram-sha-256 writes it. */
const HBA = `local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
local replication all scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
host replication all ::1/128 scram-sha-256
`;
const CONFIGURATION = { 'postgresql.conf': '', 'pg_hba.conf': HBA, 'pg_ident.conf': '' };

/** @throws TARGET_UNAVAILABLE where the server would see the network, unless the author says that it may */
export function requireConfined(
  { mayReachOut, shown }: PhysicalCopy,
  { isClosed, openBecause }: Pick<Cell, 'isClosed' | 'openBecause'>,
): void {
  if (isClosed || mayReachOut) return;
  throw new RehearsalError(
    'TARGET_UNAVAILABLE',
    `${shown} is a physical copy, and its server would see the network here: ${openBecause}`,
    {
      hint: 'run it as root on Linux, where the server has a network of its own without a way out; or say snapshot: { confined: false }, and all that is known to reach out is disarmed, and no more',
    },
  );
}

/**
 * Makes the data folder of a physical copy, disarmed in its files and its catalogs, with a configuration of our own beside it and the
 * superuser’s password. No server has been started on it then but in single-user mode, which opens no port.
 * @throws as `PhysicalCopy.fill` and `disarmCatalogs`; the folder is gone then
 */
export async function beginOnCopy(
  copy: PhysicalCopy,
  programs: Programs,
  password: string,
  signal: AbortSignal,
): Promise<StartedCopy> {
  const { dir, cell } = programs;
  requireConfined(copy, cell);
  await rm(dir.data, { recursive: true, force: true });
  try {
    const filled = await copy.fill(dir.data, signal);
    for (const [name, text] of Object.entries(CONFIGURATION))
      await writeFile(join(dir.data, name), text, { mode: 0o600 });
    await giveAll(cell.user, dir.data);
    await makeConfigOf(programs);
    const { shown, database } = copy;
    const inside = await disarmCatalogs(programs, { shown, database, password, signal });
    return { ...filled, ...inside, disarmed: [...filled.disarmed, ...inside.disarmed] };
  } catch (error) {
    await rm(dir.data, { recursive: true, force: true });
    throw error;
  }
}
