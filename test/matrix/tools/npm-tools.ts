import { join } from 'node:path';
import { delivered } from './install.ts';
import { sqlText, timestamp, type Migration, type ProjectFile, type Tool } from './tool.ts';

const VERSIONS = {
  pg: '8.23.1',
  dbmate: '2.36.0',
  supabase: '3.1.0',
  'drizzle-kit': '0.31.11',
  'drizzle-orm': '0.45.4',
  'node-pg-migrate': '9.0.0',
  postgrator: '8.0.0',
  'postgrator-cli': '9.1.1',
  knex: '3.3.0',
  typeorm: '1.1.1',
  sequelize: '6.37.8',
  'sequelize-cli': '6.6.5',
  'db-migrate': '0.11.14',
  'db-migrate-pg': '1.5.2',
};

const npm = delivered({
  name: 'npm',
  files: [{ path: 'package.json', text: JSON.stringify({ private: true, dependencies: VERSIONS }) }],
  commands: [['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']],
});

/** Its engine is no part of its packages, but fetched when they are installed. */
const PRISMA = '6.19.0';
const prisma = delivered({
  name: 'prisma',
  files: [
    {
      path: 'package.json',
      text: JSON.stringify({ private: true, dependencies: { prisma: PRISMA } }),
    },
  ],
  commands: [
    ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'],
    ['node_modules/.bin/prisma', '--version'],
  ],
});

const bin = (installed: string, name: string): string => join(installed, 'node_modules/.bin', name);

/** The same for each of them. */
const BY_NPM = { install: npm, nodeModules: true } as const;

/** A program of a migration that sends the statements one after the other. */
const asCode =
  (folder: string, text: (migration: Migration, place: number) => string, extension = 'js') =>
  (migration: Migration, place: number): readonly ProjectFile[] => [
    { path: `${folder}/${timestamp(place)}-${migration.name}.${extension}`, text: text(migration, place) },
  ];

/** One transaction around all files cannot be told how it goes on behind a COMMIT in one of them. */
const OWN_COMMIT = ['BEGIN … COMMIT of its own', 'CONCURRENTLY behind COMMIT'];

const SQL_TOOLS: readonly Tool[] = [
  {
    ...BY_NPM,
    name: 'dbmate',
    version: VERSIONS.dbmate,
    binary: `node_modules/@dbmate/${process.platform}-${process.arch}/bin/dbmate`,
    ownTables: 'DBMATE_MIGRATIONS_TABLE=dbmate_migrations',
    command: (installed) =>
      `${bin(installed, 'dbmate')} --no-dump-schema --migrations-dir migrations migrate`,
    write: ({ name, up, down = [], bare }, place) => [
      {
        path: `migrations/${timestamp(place)}_${name}.sql`,
        text: `-- migrate:up${bare ? ' transaction:false' : ''}\n${sqlText(up)}\n-- migrate:down\n${sqlText(down)}`,
      },
    ],
  },
  {
    name: 'Prisma',
    version: PRISMA,
    install: prisma,
    nodeModules: true,
    command: (installed) => `${bin(installed, 'prisma')} migrate deploy`,
    beside: () => [
      {
        path: 'prisma/schema.prisma',
        text: 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      },
      { path: 'prisma/migrations/migration_lock.toml', text: 'provider = "postgresql"\n' },
    ],
    write: ({ name, up, bare }, place) =>
      bare
        ? undefined
        : [{ path: `prisma/migrations/${timestamp(place)}_${name}/migration.sql`, text: sqlText(up) }],
  },
  {
    ...BY_NPM,
    name: 'Supabase',
    version: VERSIONS.supabase,
    command: (installed) =>
      `${bin(installed, 'supabase')} db push --yes --skip-vault --remote="$DATABASE_URL"`,
    beside: () => [{ path: 'supabase/config.toml', text: 'project_id = "tried"\n' }],
    write: ({ name, up, bare }, place) =>
      bare ? undefined : [{ path: `supabase/migrations/${timestamp(place)}_${name}.sql`, text: sqlText(up) }],
  },
  {
    ...BY_NPM,
    name: 'Drizzle',
    refused: OWN_COMMIT,
    version: `drizzle-kit ${VERSIONS['drizzle-kit']}`,
    command: (installed) => `${bin(installed, 'drizzle-kit')} migrate`,
    beside: (migrations) => [
      {
        path: 'drizzle.config.js',
        text: `module.exports = { dialect: 'postgresql', out: './drizzle', dbCredentials: { url: process.env.DATABASE_URL } };`,
      },
      {
        path: 'drizzle/meta/_journal.json',
        text: JSON.stringify({
          version: '7',
          dialect: 'postgresql',
          entries: migrations.map(({ name }, idx) => ({
            idx,
            version: '7',
            when: 1_800_000_000_000 + idx,
            tag: `000${idx}_${name}`,
            breakpoints: true,
          })),
        }),
      },
    ],
    write: ({ name, up, bare }, place) =>
      bare
        ? undefined
        : [
            {
              path: `drizzle/000${place - 1}_${name}.sql`,
              text: up.map((one) => `${one};`).join('--> statement-breakpoint\n') + '\n',
            },
          ],
  },
  {
    ...BY_NPM,
    name: 'node-pg-migrate (SQL)',
    refused: OWN_COMMIT,
    version: VERSIONS['node-pg-migrate'],
    command: (installed) => `${bin(installed, 'node-pg-migrate')} up -m migrations`,
    write: ({ name, up, down = [], bare }, place) =>
      bare
        ? undefined
        : [
            {
              path: `migrations/${timestamp(place)}_${name}.sql`,
              text: `-- Up Migration\n${sqlText(up)}\n-- Down Migration\n${sqlText(down)}`,
            },
          ],
  },
  {
    ...BY_NPM,
    name: 'Postgrator',
    version: VERSIONS.postgrator,
    command: (installed) =>
      `${bin(installed, 'postgrator')} --no-config -m 'migrations/*' --host "$PGHOST" --port "$PGPORT" --database "$PGDATABASE" --username "$PGUSER" --password "$PGPASSWORD"`,
    write: ({ name, up, down = [], bare }, place) =>
      bare
        ? undefined
        : [
            { path: `migrations/00${place}.do.${name}.sql`, text: sqlText(up) },
            { path: `migrations/00${place}.undo.${name}.sql`, text: sqlText(down) },
          ],
  },
];

const each = (statements: readonly string[], call: string): string =>
  statements.map((statement) => `    await ${call}(${JSON.stringify(statement)});\n`).join('');

const CODE_TOOLS: readonly Tool[] = [
  {
    ...BY_NPM,
    name: 'Knex',
    version: VERSIONS.knex,
    isCode: true,
    command: (installed) => `${bin(installed, 'knex')} migrate:latest`,
    beside: () => [
      {
        path: 'knexfile.js',
        text: `module.exports = { client: 'pg', connection: process.env.DATABASE_URL };`,
      },
    ],
    write: asCode(
      'migrations',
      ({ up }) =>
        `exports.up = async (knex) => {\n${each(up, 'knex.raw')}};\nexports.down = () => undefined;\n`,
    ),
  },
  {
    ...BY_NPM,
    name: 'TypeORM',
    version: VERSIONS.typeorm,
    isCode: true,
    command: (installed) => `${bin(installed, 'typeorm')} migration:run -d source.js`,
    beside: () => [
      {
        path: 'source.js',
        text: `const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.js'] });\n`,
      },
    ],
    write: asCode(
      'migrations',
      ({ name, up }, place) =>
        `module.exports = class ${name}${1_800_000_000_000 + place} {\n  async up(runner) {\n${each(up, 'runner.query')}  }\n  async down() {}\n};\n`,
    ),
  },
  {
    ...BY_NPM,
    name: 'Sequelize',
    version: VERSIONS.sequelize,
    isCode: true,
    command: (installed) => `${bin(installed, 'sequelize')} db:migrate --url "$DATABASE_URL"`,
    write: asCode(
      'migrations',
      ({ up }) =>
        `module.exports = { async up(interface) {\n${each(up, 'interface.sequelize.query')}}, async down() {} };\n`,
    ),
  },
  {
    ...BY_NPM,
    name: 'db-migrate',
    version: VERSIONS['db-migrate'],
    isCode: true,
    command: (installed) => `${bin(installed, 'db-migrate')} up`,
    beside: () => [{ path: 'database.json', text: '{"dev": {"ENV": "DATABASE_URL"}}' }],
    write: asCode(
      'migrations',
      ({ up }) =>
        `exports.up = async (db) => {\n${each(up, 'db.runSql')}};\nexports.down = async () => undefined;\nexports._meta = { version: 1 };\n`,
    ),
  },
];

export const NPM_TOOLS: readonly Tool[] = [...SQL_TOOLS, ...CODE_TOOLS];
