import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rehearsal, SnapshotSource } from '../plan/model.ts';
import { byKind } from '../shared/by-kind.ts';
import { RehearsalError } from '../shared/errors.ts';
import { registerSecret } from '../shared/text/redact.ts';
import { JOB_FILES, jobSchema, type Job } from './protocol.ts';

/**
 * Reads the job, makes its paths absolute, and sees to it that its secrets are never said.
 * @throws DRIVER_FAILED where job.json is missing or not of this version
 */
export async function readJob(dir: string): Promise<Job> {
  const job = jobSchema.safeParse(await readJson(join(dir, JOB_FILES.job)));
  if (!job.success) {
    // No more than where: the values may be secret.
    const where = job.error.issues.map(({ path }) => path.map(String).join('.') || 'the document');
    throw unreadable(`${where.join(', ')} is not as expected`);
  }
  const { rehearsal, primary, executables } = job.data;
  for (const secret of [primary.password, ...Object.values(rehearsal.environment)]) registerSecret(secret);
  for (const file of executables) await chmod(join(dir, file), 0o755);
  return { ...job.data, rehearsal: inFolder(rehearsal, dir) };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable((error as NodeJS.ErrnoException).code ?? 'it cannot be read');
  });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable('it is not JSON');
  }
}

function unreadable(why: string): RehearsalError {
  return new RehearsalError('DRIVER_FAILED', `the driver cannot read its ${JOB_FILES.job}: ${why}`, {
    hint: 'rehearse again: the hand-over to the driver host was not complete',
  });
}

function inFolder(rehearsal: Rehearsal, dir: string): Rehearsal {
  const versions = rehearsal.load.versions.map((version) => ({
    ...version,
    dir: join(dir, version.dir),
    scripts: version.scripts.map((script) => ({ ...script, path: join(dir, script.path) })),
  }));
  const { snapshot } = rehearsal;
  const source = byKind<SnapshotSource, SnapshotSource>(snapshot, {
    file: (file) => ({ ...file, path: join(dir, file.path) }),
    remote: (remote) => remote,
    generator: (generator) => ({ ...generator, path: join(dir, generator.path) }),
    physical: (physical) => physical,
    synthetic: (synthetic) => ({ ...synthetic, path: join(dir, synthetic.path) }),
    command: (command) => command,
  });
  return {
    ...rehearsal,
    dir: join(dir, rehearsal.dir),
    snapshot: source,
    load: { ...rehearsal.load, versions },
  };
}
