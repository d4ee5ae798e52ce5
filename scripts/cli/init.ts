import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, RehearsalError } from '../shared/errors.ts';
import { IS_PACKAGE, OWN_ROOT } from '../shared/places/own-files.mjs';
import { rootOfNew, REHEARSALS_FOLDER } from '../shared/places/user-project.ts';
import { namesDatabase } from './named-database.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { NAME, type InitFromOptions } from './init-from/ask.ts';

const TEMPLATE = fileURLToPath(new URL('init-template', import.meta.url));
const SCHEMA = join(OWN_ROOT, 'docs/schema/rehearsal.schema.json');

export const addInit: AddVerb = (verb, context, finish) => {
  verb
    .argument('[name]', 'name of the rehearsal: small letters, digits and dashes')
    .option(
      '--from <folder|tool|server>',
      'rehearse the newest migrations of a folder, or of a tool such as prisma; or begin from a live server',
    )
    .option('--data', 'with --from <server>: take its rows too, and not its schema and statistics alone')
    .option('--newest <n>', 'with --from: so many of them are the plan (default: 1)')
    .option('--snapshot <file>', 'with --from: the tables and rows are those of this dump')
    .option('--server <variable>', 'with --from: the tables are those of the server whose URL stands in it')
    .option(
      '--since <ref>',
      'with --from: the plan is what this git ref, or the word ledger, lacks at the time of each run',
    )
    .addHelpText(
      'after',
      examples(
        'init split-customer-name',
        'init --from prisma/migrations',
        'init --from db/migrations --newest 2',
        'init shop --from postgres://reader@replica/shop',
        'init branch --from db/migrations --since origin/main',
      ),
    )
    .action(async (name: string | undefined, options: InitOptions) => {
      finish(await init(name, options, context));
    });
};

type InitOptions = Partial<InitFromOptions> & { readonly data?: true };

async function init(name: string | undefined, options: InitOptions, context: CliContext): Promise<number> {
  const { from } = options;
  if (from !== undefined) {
    const root = rootOfNew(context.io.cwd);
    const code = await (namesDatabase(from, context.io.env)
      ? initServer(name, { ...options, from }, root, context)
      : initFolder(name, { ...options, from }, root, context));
    await ignoreData(root);
    return code;
  }
  const [lost] = Object.keys(options);
  if (lost !== undefined)
    throw new RehearsalError('USAGE', `--${lost} means nothing without --from`, {
      hint: 'name the folder of the migrations, such as --from prisma/migrations',
    });
  if (name === undefined)
    throw new RehearsalError('USAGE', "missing required argument 'name'", {
      hint: 'name the rehearsal, such as split-customer-name, or the folder of your migrations: --from prisma/migrations',
    });
  return initTemplate(name, context);
}

type FromOptions = InitOptions & InitFromOptions;

async function initServer(
  name: string | undefined,
  options: FromOptions,
  root: string,
  context: CliContext,
): Promise<number> {
  const { initFromServer } = await import('./init-from/server/init-from-server.ts');
  return initFromServer(name, options, root, context);
}

async function initFolder(
  name: string | undefined,
  options: FromOptions,
  root: string,
  context: CliContext,
): Promise<number> {
  if (options.data === true)
    throw new RehearsalError('USAGE', '--data means nothing without a server', {
      hint: 'name one, such as --from postgres://reader@replica/shop; rows of a dump are taken by --snapshot',
    });
  const { initFrom } = await import('./init-from/init-from.ts');
  return initFrom(name, options, root, context);
}

async function initTemplate(name: string, { io, out }: CliContext): Promise<number> {
  if (!NAME.test(name)) {
    throw new RehearsalError('USAGE', `${name} is not a name for a rehearsal`, {
      hint: 'use small letters, digits and dashes, such as split-customer-name',
    });
  }
  const root = rootOfNew(io.cwd);
  const folder = join(root, REHEARSALS_FOLDER, name);
  const shown = relative(io.cwd, folder);
  if (existsSync(folder)) {
    throw new RehearsalError('USAGE', `${shown} is there already`, {
      hint: 'take another name; nothing was changed',
    });
  }
  await mkdir(dirname(folder), { recursive: true });
  await cp(TEMPLATE, folder, { recursive: true, errorOnExist: true, force: false });
  const file = join(folder, 'rehearsal.yaml');
  const yaml = await readFile(file, 'utf8');
  await writeFile(file, withSchema(yaml, folder).replace('name: NAME', `name: ${name}`));
  await ignoreData(root);
  out.result(`wrote ${shown}`);
  out.note(`next: rehearse run ${shown}`);
  return EXIT.ok;
}

/** Elsewhere than in the checkout the way to the schema would be one of this machine alone. */
function withSchema(yaml: string, folder: string): string {
  const isInCheckout = !relative(OWN_ROOT, folder).startsWith('..');
  if (!isInCheckout) return yaml.slice(yaml.indexOf('\n') + 1);
  const schema = relative(folder, SCHEMA).split(sep).join('/');
  return yaml.replace('$schema=SCHEMA', () => `$schema=${schema}`);
}

/** What rows may stand in: snapshots and what runs leave behind. */
const IGNORED = [
  IS_PACKAGE ? '.rehearse/runs/' : 'runs/',
  'rehearsals/*/*.dump',
  'rehearsals/*/*.sql.gz',
  'rehearsals/*/*.sql.zst',
  '.env',
];

/** Adds to .gitignore what is not in it yet. */
async function ignoreData(root: string): Promise<void> {
  const file = join(root, '.gitignore');
  const present = existsSync(file) ? await readFile(file, 'utf8') : '';
  const lines = new Set(present.split('\n').map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !lines.has(line));
  if (missing.length === 0) return;
  const gap = present === '' || present.endsWith('\n') ? '' : '\n';
  await writeFile(
    file,
    `${present}${gap}# dress-rehearsal: rows may stand in these\n${missing.join('\n')}\n`,
  );
}
