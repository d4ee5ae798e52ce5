import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { formatBytes, formatMs } from '../../shared/text/format.ts';
import { BasePool, type Base } from '../../../infra/bases/pool.ts';
import { basesPlace } from '../../../infra/bases/place.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { plainText } from '../output/plain-text.ts';
import { tableLines } from '../output/table-lines.ts';
import { makeBase } from './make-base.ts';

export const addBase: AddVerb = (verb, context, finish) => {
  verb.addHelpText('after', examples('base list', 'base make rehearsals/rename-column', 'base drop --all'));
  verb
    .command('list')
    .description('show what is kept, newest use first')
    .option('--json', 'print the list as one JSON document')
    .action(async ({ json }: { json?: true }) => {
      finish(await list(json === true, context));
    });
  verb
    .command('drop [names...]')
    .description('remove bases by their names, or all')
    .option('--all', 'every base that is not being copied just now')
    .action(async (names: string[], { all }: { all?: true }) => {
      finish(await drop(names, all === true, context));
    });
  verb
    .command('make [dir]')
    .description('restore the snapshot of a rehearsal and keep it, without playing its plan')
    .action(async (dir: string | undefined) => {
      finish(await makeBase(dir, context));
    });
};

/** @throws USAGE where the user wants no bases */
function requirePool(env: NodeJS.ProcessEnv): BasePool {
  const place = basesPlace(env);
  if (place !== undefined) return new BasePool(place);
  throw new RehearsalError('USAGE', 'REHEARSE_BASES=off: no restored database is kept', {
    hint: 'leave it unset, or name a folder',
  });
}

async function list(json: boolean, { io, out }: CliContext): Promise<number> {
  const bases = await requirePool(io.env).list();
  if (json) out.document({ schemaVersion: 1, bases: bases.map(record) });
  else if (bases.length === 0) out.note('no bases; a run that restores for a second or longer keeps one');
  else {
    const rows = bases.map((base) => [
      base.name,
      formatBytes(base.sizeBytes),
      formatMs(base.madeInMs),
      isoMinute(base.lastUsedMs),
      plainText(base.source),
    ]);
    const header = ['BASE', 'SIZE', 'SAVES', 'LAST USED', 'SNAPSHOT'];
    const width = io.stdoutIsTTY === true ? io.columns : Infinity;
    for (const line of tableLines([header, ...rows], width)) out.result(line);
  }
  return EXIT.ok;
}

function record({ name, source, server, madeAt, madeInMs, sizeBytes, lastUsedMs }: Base) {
  const lastUsedAt = new Date(lastUsedMs).toISOString();
  return { name, source, server, madeAt, madeInMs, sizeBytes, lastUsedAt };
}

function isoMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

async function drop(names: readonly string[], all: boolean, { io, out }: CliContext): Promise<number> {
  if (all === names.length > 0)
    throw new RehearsalError('USAGE', 'name the bases to remove, or say --all', {
      hint: 'rehearse base list shows them',
    });
  const pool = requirePool(io.env);
  const there = (await pool.list()).map(({ name }) => name);
  const unknown = names.filter((name) => !there.includes(name));
  if (unknown.length > 0)
    throw new RehearsalError('USAGE', `there is no base ${unknown.join(', ')}; nothing was removed`, {
      hint: 'rehearse base list shows them',
    });
  for (const name of all ? there : names)
    out.result((await pool.drop(name)) ? `removed ${name}` : `${name} is being copied just now and stays`);
  return EXIT.ok;
}
