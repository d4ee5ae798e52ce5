import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EXIT } from '../shared/errors.ts';
import { formatBytes, plural } from '../shared/text/format.ts';
import { findOnPath, isExecutable } from '../shared/files/find-on-path.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { diagnoseEngine } from './doctor-engine.ts';
import { isDead, sweepAll, targetsNear, unseenLine } from './leftovers.ts';
import { plainText } from './output/plain-text.ts';
import { tableLines } from './output/table-lines.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Less than this in the temporary folder is worth a warning. */
const LITTLE_SPACE_BYTES = 2 * 1024 ** 3;

export const addDoctor: AddVerb = (verb, context, finish) => {
  verb
    .option('--json', 'print the findings as one JSON document')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async ({ json }: { json?: true }) => {
      finish(await doctor(json === true, context));
    });
};

async function doctor(json: boolean, { io, out }: CliContext): Promise<number> {
  const targets = await diagnoseTargets(io);
  const diagnoses = [
    node(),
    ...targets,
    ...(await diagnoseEngine()),
    await postgresServers(),
    await pgRestore(),
    await space(),
    await leftovers(io),
  ];
  const ready = targets.some(({ status }) => status === 'ok');
  if (json) out.document({ schemaVersion: 1, ready, diagnoses });
  else print(diagnoses, out);
  return ready ? EXIT.ok : EXIT.infra;
}

function print(diagnoses: readonly Diagnosis[], out: CliContext['out']): void {
  const mark = { ok: '✔', warn: '!', missing: '✘' };
  const rows = diagnoses.map(({ what, status, detail }) => [`${mark[status]} ${what}`, plainText(detail)]);
  for (const [position, line] of tableLines(rows).entries()) {
    out.result(line);
    const remedy = diagnoses[position]?.remedy;
    if (remedy != null) out.result(`    → ${plainText(remedy)}`);
  }
}

/** The version was checked before anything else could start. */
function node(): Diagnosis {
  return {
    what: 'Node',
    status: 'ok',
    detail: `${process.versions.node} on ${process.platform} ${process.arch}`,
    remedy: null,
  };
}

async function diagnoseTargets(place: CliContext['io']): Promise<Diagnosis[]> {
  const { availabilityOf } = await import('../../infra/targets/choose-target.ts');
  const diagnoses: Diagnosis[] = [];
  for (const target of await targetsNear(place)) {
    const found = await availabilityOf(target);
    diagnoses.push({
      what: `target ${target.name}`,
      status: found.available ? 'ok' : 'missing',
      detail: found.available ? found.detail : found.why,
      remedy: found.available ? null : found.remedy,
    });
  }
  return diagnoses;
}

/** What is installed beside the server from npm; `postgres.version` can ask for it. */
async function postgresServers(): Promise<Diagnosis> {
  const { systemBinDirs } = await import('../../infra/postgres/system-bin-dirs.ts');
  const found: string[] = [];
  for (const dir of await systemBinDirs(undefined)) {
    if (await isExecutable(join(dir, 'initdb'))) found.push(dir);
  }
  return {
    what: 'installed PostgreSQL',
    status: found.length === 0 ? 'warn' : 'ok',
    detail: found.length === 0 ? 'none' : found.join(', '),
    remedy: found.length === 0 ? "to rehearse on production's major version, install that PostgreSQL" : null,
  };
}

async function pgRestore(): Promise<Diagnosis> {
  const { systemBinDirs } = await import('../../infra/postgres/system-bin-dirs.ts');
  const candidates = (await systemBinDirs(undefined)).map((dir) => join(dir, 'pg_restore'));
  const onPath = await findOnPath('pg_restore');
  const found: string[] = [];
  for (const path of [...candidates, ...(onPath === undefined ? [] : [onPath])]) {
    if (await isExecutable(path)) found.push(dirname(path));
  }
  return {
    what: 'pg_restore',
    status: found.length === 0 ? 'warn' : 'ok',
    detail: found.length === 0 ? 'none' : [...new Set(found)].join(', '),
    remedy:
      found.length === 0
        ? 'only snapshots in custom, directory or tar format need it; plain SQL dumps do not'
        : null,
  };
}

async function space(): Promise<Diagnosis> {
  const { bavail, bsize } = await statfs(tmpdir());
  const freeBytes = bavail * bsize;
  const little = freeBytes < LITTLE_SPACE_BYTES;
  return {
    what: 'temporary folder',
    status: little ? 'warn' : 'ok',
    detail: `${tmpdir()} has ${formatBytes(freeBytes)} free`,
    remedy: little
      ? 'a run holds the restored snapshot and its WAL there; set TMPDIR to a larger file system'
      : null,
  };
}

async function leftovers(io: CliContext['io']): Promise<Diagnosis> {
  const { found, unseen } = await sweepAll(io);
  const dead = found.filter(isDead);
  const inUse = new Set(found.filter((leftover) => !isDead(leftover)).map(({ runId }) => runId));
  const going = inUse.size === 0 ? '' : `, ${plural(inUse.size, 'run')} going on`;
  const notSeen = unseen.map((one) => `; ${unseenLine(one)}`).join('');
  const remedies = [
    ...(dead.length === 0 ? [] : ['rehearse reap --execute removes them']),
    ...(unseen.length === 0 ? [] : ['rehearse reap looks again']),
  ];
  return {
    what: 'leftovers',
    status: remedies.length === 0 ? 'ok' : 'warn',
    detail: `${dead.length === 0 ? 'none' : dead.map(({ what }) => what).join(', ')}${going}${notSeen}`,
    remedy: remedies.length === 0 ? null : remedies.join('; '),
  };
}
