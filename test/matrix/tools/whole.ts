import { cp, mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { writeFiles } from './install.ts';
import type { Tool } from './tool.ts';

/** Where the tools are: in the user's cache, or beside the rehearsal's files and so on every host that it is played on. */
export type Place = 'home' | 'rehearsal';

const HEAD = `version: 1
name: tools
snapshot: { generator: generate.sql }
load: { rate: 40/s, connections: 4, warmup: 2s, cooldown: 300ms, versions: { app: workload } }
budgets: { lockWait: 20s, p99: 30s, errors: 0 }
`;

/** Tools refuse a public schema that is not empty. */
const FILES = {
  'generate.sql': `create schema app;
create table app.customers as select i as id, 'name ' || i as name from generate_series(1, 5000) i;
alter table app.customers add primary key (id);`,
  'workload/read.sql': `-- rehearse: weight=4
-- rehearse: sample id from app.customers.id
select name from app.customers where id = :id;`,
  'workload/write.sql': `-- rehearse: sample id from app.customers.id
update app.customers set name = name || '.' where id = :id;`,
};

/** A rehearsal with a command step for each of the tools, which adds a column and an index to the table that the app uses. */
export async function rehearsalOf(
  tools: readonly { readonly tool: Tool; readonly installed: string }[],
  place: Place,
): Promise<TinyRehearsal> {
  const steps = tools.map(
    ({ tool, installed }) =>
      `  - { phase: expand, name: ${stepOf(tool)}, command: ${JSON.stringify(commandOf(tool, installed, place))} }`,
  );
  const verified = '  - { phase: expand, verify: sql/verify.sql }';
  const tiny = await tinyRehearsal(
    [...steps, verified].join('\n'),
    { ...FILES, 'sql/verify.sql': verifySql(tools.map(({ tool }) => tool)) },
    HEAD,
  );
  for (const { tool, installed } of tools) {
    const folder = join(tiny.dir, stepOf(tool));
    await mkdir(folder);
    await writeFiles(folder, filesOf(tool, installed));
    if (place === 'rehearsal') await bring(tool, installed, tiny.dir);
    else if (tool.nodeModules) await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
  }
  return tiny;
}

/** Such as `golang_migrate`. */
export function stepOf({ name }: Tool): string {
  return name.toLowerCase().replaceAll(/\W+/g, '_');
}

function filesOf(tool: Tool, installed: string): { path: string; text: string }[] {
  const step = stepOf(tool);
  const migrations = [
    { name: 'column', up: [`alter table app.customers add column of_${step} text`], down: ['select 1'] },
    { name: 'index', up: [`create index by_${step} on app.customers (of_${step})`], down: ['select 1'] },
  ];
  const files = migrations.flatMap((migration, at) => tool.write(migration, at + 1) ?? []);
  return [...files, ...(tool.beside?.(migrations, installed) ?? [])];
}

function commandOf(tool: Tool, installed: string, place: Place): string {
  const env = tool.ownTables === undefined ? '' : `${tool.ownTables} `;
  const command = place === 'home' ? tool.command(installed) : movable(tool, installed);
  return `cd ${stepOf(tool)} && ${env}${command}`;
}

/** As it is called where it lies beside the rehearsal's files. */
function movable(tool: Tool, installed: string): string {
  const there = join('..', basename(installed));
  const command = tool.command(there);
  return tool.binary === undefined ? command : command.replace(/^\S+/, join(there, basename(tool.binary)));
}

async function bring({ binary }: Tool, installed: string, dir: string): Promise<void> {
  const there = join(dir, basename(installed));
  if (binary === undefined) await cp(installed, there, { recursive: true, verbatimSymlinks: true });
  else await cp(join(installed, binary), join(there, basename(binary)));
}

/** What the tools were to make and did not. */
function verifySql(tools: readonly Tool[]): string {
  const named = tools.map((tool) => `('${stepOf(tool)}')`).join(', ');
  return `select name from (values ${named}) v (name)
 where not exists (select from pg_attribute where attrelid = 'app.customers'::regclass and attname = 'of_' || name)
    or to_regclass('app.by_' || name) is null;\n`;
}
