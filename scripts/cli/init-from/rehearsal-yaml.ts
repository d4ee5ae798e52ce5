import { basename, relative, sep } from 'node:path';
import { plural } from '../../shared/text/format.ts';
import type { Asked } from './ask.ts';
import type { Looked } from './look.ts';

/** What differs from one rehearsal to the other, as YAML. */
interface Parts {
  readonly name: string;
  readonly snapshot: string;
  readonly rate: string;
  readonly versions: string;
  /** With what stands between `plan:` and it. */
  readonly plan: string;
}

const INTRODUCTION = `# Made by rehearse init --from. Each guess is marked: look at it, then take the mark away; rehearse check
# lists those that are left.
`;

/** rehearsal.yaml of what was found in a folder of migrations. */
export function rehearsalYaml(asked: Asked, looked: Looked): string {
  const versions =
    looked.new.length === 0 ? '{ app: workload/app }' : '{ old: workload/old, new: workload/new }';
  return yamlOf({
    name: asked.name,
    snapshot: snapshotOf(asked, looked),
    rate: '100/s # guess: requests that the app gets in a second',
    versions,
    plan: asked.since === undefined ? `\n${planOf(asked, looked)}` : sincePlan(asked, asked.since),
  });
}

/** rehearsal.yaml, with budgets as nobody has set them yet. */
export function yamlOf({ name, snapshot, rate, versions, plan }: Parts): string {
  return `version: 1
name: ${name}

${INTRODUCTION}
${snapshot}
load:
  rate: ${rate}
  connections: 10 # guess: connections of the app's pool
  warmup: 5s
  versions: ${versions}

# What the release may cost; a budget that is not named is not judged.
budgets:
  lockWait: 500ms # guess: how long a request may stand still behind a lock before somebody notices
  p99: 500ms # guess: the slowest of a hundred requests while the release goes on
  errors: 0 # guess: requests that may fail because of the release

plan:${plan}`;
}

function snapshotOf({ schema, dir, earlier, shown }: Asked, looked: Looked): string {
  if (looked.schema === undefined && schema.kind === 'snapshot')
    return `snapshot: { source: ${written(from(dir, schema.path))} }`;
  const tables = {
    migrations: `the tables are those of ${plural(earlier.length, 'earlier migration')} in ${shown}`,
    snapshot: `the tables are those of ${schema.kind === 'snapshot' ? basename(schema.path) : ''}`,
    server: 'the tables are those of the server',
  }[schema.kind];
  const rows =
    looked.rows === undefined
      ? 'there are no rows'
      : `the rows are invented, up to ${looked.rows.most} in each`;
  return `# With rows as in production: snapshot: { source: dump.sql.gz, takenAt: 2026-11-20T02:00:00Z }
snapshot: { generator: snapshot/generate.sql } # guess: ${tables}, and ${rows}`;
}

/** What is new is looked up by each run. */
function sincePlan({ dir, folder }: Asked, since: string): string {
  return ` { migrations: ${written(from(dir, folder))}, since: ${written(since)} } # docs/since.md\n`;
}

function planOf({ dir, steps }: Asked, { phases, deployBefore, new: next }: Looked): string {
  const deploy =
    next.length === 0
      ? []
      : [
          '  - { phase: deploy, deploy: { to: new, over: 5s } } # guess: when the app moves on, and how fast\n',
        ];
  const lines = steps.map(({ name, file, down }, index) => {
    const back = down === undefined ? '' : `\n    rollback: ${written(from(dir, down))}`;
    return `  - phase: ${phases[index] ?? 'expand'} # guess: by its statements\n    name: ${written(name)}\n    sql: ${written(from(dir, file))}${back}\n`;
  });
  return [...lines.slice(0, deployBefore), ...deploy, ...lines.slice(deployBefore)].join('');
}

function from(dir: string, file: string): string {
  return relative(dir, file).split(sep).join('/');
}

/** As YAML reads it as text. */
function written(text: string): string {
  return /^[A-Za-z0-9._/-]*[A-Za-z_/-][A-Za-z0-9._/-]*$/.test(text) && !text.startsWith('-')
    ? text
    : JSON.stringify(text.replaceAll('${', '$${'));
}
