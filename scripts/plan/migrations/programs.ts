import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';

const PROGRAM = /\.(?:go|java|kt|groovy|[cm]?[jt]s|py|rb|cs|ex|exs|php)$/;
/** Programs that lie beside migrations and are none. */
const BESIDE = /^(?:__init__\.py|index\.[cm]?[jt]s)$|_test\.go$|\.d\.[cm]?ts$|\.Designer\.cs$/;
/** As goose, node-pg-migrate, Flyway and yoyo name theirs: a number in front. */
const NUMBERED = /^[VR]?\d[\d._]*[_-]/;

async function allIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => PROGRAM.test(name) && !BESIDE.test(name)).sort();
}

/** Names of the programs of a folder of SQL that its tool takes for migrations. */
export async function programsIn(folder: string): Promise<string[]> {
  return (await allIn(folder)).filter((name) => NUMBERED.test(name));
}

/**
 * What to say of a folder without a migration in SQL: whether its migrations are programs, and what can be done then.
 * @param hint for one that holds no programs either
 */
export async function withoutSql(folder: string, shown: string, hint: string): Promise<RehearsalError> {
  const none = `${shown} holds no migration in SQL`;
  const programs = await allIn(folder);
  const [first] = programs;
  if (first === undefined) return new RehearsalError('USAGE', none, { hint });
  const what = `${plural(programs.length, 'file')} in ${extname(first)}, such as ${first}`;
  return new RehearsalError('USAGE', `${none}, but programs, which only their tool can run: ${what}`, {
    hint: programsHint(extname(first)),
  });
}

/** What a plan may say for programs of that ending. */
const COMMANDS: Readonly<Record<string, string>> = {
  '.py': 'alembic upgrade head',
  '.rb': 'bin/rails db:migrate',
};

/** @param ending such as `.py` */
export function programsHint(ending = ''): string {
  const command = `let a plan run it by its command, such as command: ${COMMANDS[ending] ?? 'npx knex migrate:latest'}`;
  const sql =
    ending === '.py'
      ? ', or name a folder of what it writes as SQL (alembic upgrade --sql, manage.py sqlmigrate)'
      : '';
  return `${command} (rehearse init NAME --from DATABASE_URL writes the rest)${sql}`;
}
