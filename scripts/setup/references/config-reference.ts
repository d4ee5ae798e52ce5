/** The parts of JSON Schema that zod writes for rehearsal.yaml. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
}

const INTRODUCTION = `# rehearsal.yaml

<!-- Made by \`npm run docs\` from the schema in scripts/plan; edit it there. -->

A rehearsal is one folder: \`rehearsal.yaml\`, its SQL and its workload. The file is strict: an unknown key is a mistake, and
\`rehearse check\` tells all mistakes at once, each with file, line and key. For completion in an editor, put this line on top:

\`\`\`yaml
# yaml-language-server: $schema=../../docs/schema/rehearsal.schema.json
\`\`\`
`;

/** A whole rehearsal.yaml with each kind of step. */
export const EXAMPLE = `version: 1
name: split-customer-name
snapshot: { source: ./snapshot.sql.gz, takenAt: 2026-11-20T02:00:00Z }
postgres: { version: 16, settings: { shared_buffers: 1GB }, standby: true }
load:
  rate: 400/s
  versions: { old: workload/old, dual: workload/dual, new: workload/new } # in order of rollout
  actors: { month-report: { kind: long-reader, table: customers, for: 20s }, nightly-dump: { kind: dump } }
budgets: { lockWait: 500ms, p99: 100ms, errors: 0, replicationLag: 5s }
plan:
  - { phase: expand, sql: sql/1-expand.sql, rollback: sql/1-undo.sql, lockTimeout: 2s, retries: 10 }
  - { phase: deploy, deploy: { to: dual, over: 20s } }
  - phase: backfill
    backfill:
      table: customers
      key: id
      set: full_name = name
      where: full_name IS NULL
      throttle: { p99: 60ms }
  - { phase: backfill, verify: sql/2-verify.sql }
  - { phase: switch, command: npx prisma migrate deploy, timeout: 10m }
  - { phase: deploy, deploy: { to: new, strategy: blue-green } }
  - { phase: contract, soak: 30s }
  - { phase: contract, sql: [sql/3-contract.sql], pointOfNoReturn: true }
scenarios: [quiet, month-report, company]
`;

const FOLDER =
  '`plan: { migrations: ../../prisma/migrations, since: origin/main }`: [what a branch adds](since.md) is the plan.';

const VALUES = `## Values

| Type     | Written as                                                                                  |
| -------- | ------------------------------------------------------------------------------------------- |
| duration | \`250ms\`, \`2s\`, \`5m\`, \`1h30m\`; units \`us\`, \`ms\`, \`s\`, \`m\` or \`min\`, \`h\`, \`d\` |
| rate     | \`400/s\`, \`30/min\`, \`5000/h\`                                                           |
| size     | \`16kB\`, \`512MB\`, \`4GB\`: powers of 1024, as PostgreSQL counts                          |
| throughput | \`50MB/s\`, \`1GB/s\`: a size each second |
| link rate | \`100mbit\`, \`1gbit\`, \`512kbit\`: bits each second, powers of 1000, as networks count |
| path     | relative to the folder of \`rehearsal.yaml\`                                                |

Durations go from \`1ms\` to \`24d\`, and \`0s\` where none makes sense; budgets may be as short as \`1us\`. Rates go from \`1/h\` to
\`1000000/s\`. What lies outside is refused, so that nothing is rounded to zero and no timer overflows.

\`\${NAME}\` in any value stands for that name in the environment, else in \`.env\` beside \`rehearsal.yaml\`, else in \`.env\` of the
folder where the command is called. A name that is set nowhere is a mistake. What comes in this way is kept secret: it is not
shown in messages, logs and reports. In a \`command\` the name stays, and the shell finds its value in its environment: write \`"\${NAME}"\`, in the shell's own quotes.
Names and values that lead to a database (\`\${DATABASE_URL}\`, \`\${PGHOST}\`) are refused: a command reads \`$DATABASE_URL\`, which the
rehearsal sets ([commands.md](commands.md)). \`$\${\` stands for the characters \`\${\`. Inside \`{ }\` and \`[ ]\` write \`"\${NAME}"\` in quotes.
`;

const SHARED = `## Settings for all rehearsals

\`rehearsals/settings.yaml\`, where there is one, says what all rehearsals beside it say as long as they say nothing else: \`postgres\`,
\`hosts\`, \`targets\`, \`load\` without \`versions\` and \`actors\`, \`budgets\`, \`commands\`, \`planRole\` and \`nightly\`, with the same keys as here. Maps are
joined key by key; a rehearsal's own word wins. Its bytes are kept with each run. The schema for editors is
[settings.schema.json](schema/settings.schema.json).

\`\`\`yaml
postgres: { version: 16, settings: { shared_buffers: 1GB } }
load: { rate: 200/s, connections: 20, role: app_rw }
budgets: { lockWait: 500ms, p99: 100ms, errors: 0 }
\`\`\`
`;

/** docs/config.md: every key of rehearsal.yaml with its type, default, meaning and an example. */
export function configReference(schema: JsonSchema): string {
  const { plan, ...rest } = schema.properties ?? {};
  return [
    INTRODUCTION,
    `## Example\n\n\`\`\`yaml\n${EXAMPLE}\`\`\`\n`,
    VALUES,
    SHARED,
    `## Keys\n\n${table([schema])}`,
    ...Object.entries(rest).flatMap(([key, each]) => sections([key], each)),
    ...planSections(plan ?? {}),
  ].join('\n');
}

/** A section for a map and one for each map inside it; maps with the same keys share theirs. */
function sections(paths: readonly string[], schema: JsonSchema): string[] {
  const maps = schema.anyOf?.filter(({ properties }) => properties) ?? [schema];
  const properties = maps.flatMap((map) => Object.entries(map.properties ?? {}));
  if (properties.length === 0) return [];
  const own = `## ${paths.join(', ')}\n\n${schema.description ?? ''}\n\n${table(maps)}`;
  const inner = new Map<string, { paths: string[]; schema: JsonSchema }>();
  for (const [name, schema] of properties) {
    const [key, each] = named(name, schema);
    if (!each.properties) continue;
    const shape = JSON.stringify(each.properties);
    const same = inner.get(shape) ?? { paths: [], schema: { ...each, description: '' } };
    if (same.paths.length === 0 && each.description !== undefined) same.schema = each;
    else same.schema = { ...each, description: 'The same keys in each.' };
    same.paths.push(...paths.map((path) => `${path}.${key}`));
    inner.set(shape, same);
  }
  return [own, ...[...inner.values()].flatMap((each) => sections(each.paths, each.schema))];
}

/** What stands under names of the author's own, as `actors[name]`; else the map itself. */
function named(key: string, schema: JsonSchema): [string, JsonSchema] {
  const forms = (schema.anyOf ?? []).map(({ additionalProperties }) => additionalProperties);
  const inner = forms.find((form) => typeof form === 'object' && form.properties);
  return typeof inner === 'object' ? [`${key}[name]`, inner] : [key, schema];
}

/** The keys that all kinds of step share once, then for each kind its own, then those of a plan by a folder. */
function planSections({ description = '', anyOf = [] }: JsonSchema): string[] {
  const kinds = anyOf.flatMap(({ items }) => items?.anyOf ?? []);
  const folders = anyOf.filter(({ properties }) => properties);
  const [first, ...others] = kinds.map(({ properties = {} }) => Object.keys(properties));
  const shared = (first ?? []).filter((key) => others.every((keys) => keys.includes(key)));
  const pick = (schema: JsonSchema, isShared: boolean): JsonSchema => ({
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).filter(([key]) => shared.includes(key) === isShared),
    ),
  });
  const intro = `## plan\n\n${description}\n\nKeys of every step:\n`;
  return [
    intro,
    table(kinds.slice(0, 1).map((kind) => pick(kind, true))),
    ...kinds.flatMap((kind) => {
      const own = pick(kind, false);
      const [, ...inner] = sections([`plan.${kind.title ?? ''}`], own);
      const nested = inner.map((text) => text.replace(/^## plan\.\w+\./, '#### '));
      return [`### ${kind.title ?? ''} step\n\n${table([own])}`, ...nested];
    }),
    ...folders.map((folder) => `### plan by migrations\n\n${FOLDER}\n\n${table([folder])}`),
  ];
}

function table(maps: readonly JsonSchema[]): string {
  const rows = new Map<string, string>();
  for (const { properties = {}, required = [] } of maps)
    for (const [key, schema] of Object.entries(properties))
      rows.set(key, row(key, schema, required.includes(key) && maps.length === 1));
  return [
    '| Key | Type | Default | Meaning | Example |',
    '| --- | --- | --- | --- | --- |',
    ...rows.values(),
    '',
  ].join('\n');
}

function row(key: string, schema: JsonSchema, isRequired: boolean): string {
  const [example = schema.const] = schema.examples ?? [];
  const cells = [
    code(key),
    typeName(schema),
    isRequired ? 'required' : defaultText(schema.default),
    schema.description ?? '',
    example === undefined ? '' : code(`${key}: ${inline(example)}`),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeName({ title, type, properties, anyOf, examples = [], items }: JsonSchema): string {
  if (title === 'choice') return examples.map((option) => code(String(option))).join(' ');
  if (title !== undefined) return title;
  if (anyOf?.some(({ items: list }) => list)) return 'list of maps, or map';
  if (properties ?? anyOf) return 'map';
  if (items) return 'list of maps';
  return typeof type === 'string' ? type : '';
}

function defaultText(value: unknown): string {
  const text = value === undefined ? '' : inline(value);
  return text === '' ? '' : code(text);
}

/** A value as YAML writes it on one line; nothing for an empty map. */
function inline(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${inline(each)}`);
  return entries.length === 0 ? '' : `{ ${entries.join(', ')} }`;
}

function code(text: string): string {
  return `\`${text}\``;
}
