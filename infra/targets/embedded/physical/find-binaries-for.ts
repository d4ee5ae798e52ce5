import type { PostgresSpec } from '../../../../scripts/plan/model.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { PhysicalCopy } from '../../../../scripts/snapshot/physical/physical-copy.ts';
import { findBinaries, type Binaries } from '../../../postgres/binaries.ts';

/**
 * The PostgreSQL that is asked for; for a physical copy, which no other version can read, that of its version.
 * @throws POSTGRES_NOT_FOUND; VERSION_MISMATCH where the rehearsal asks for another version than the copy's
 */
export async function findBinariesFor(
  spec: PostgresSpec,
  copy: PhysicalCopy | undefined,
  signal: AbortSignal,
): Promise<Binaries> {
  if (copy === undefined) return findBinaries(spec);
  const major = await copy.major(signal);
  if (spec.version !== undefined && spec.version !== major)
    throw another(copy.shown, major, `${spec.version}`);
  const binaries = await findBinaries({ ...spec, version: major });
  if (binaries.major !== major) throw another(copy.shown, major, `${binaries.major}`);
  return binaries;
}

function another(shown: string, major: number, asked: string): RehearsalError {
  return new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is a data folder of PostgreSQL ${major}, and the rehearsal’s server is PostgreSQL ${asked}: a physical copy runs on its own version only`,
    { hint: `write postgres: { version: ${major} }, or leave postgres.version out` },
  );
}
