import { join } from 'node:path';
import { delivered } from './install.ts';
import { sqlText, type Tool } from './tool.ts';

const VERSIONS = { migrate: 'v4.20.1', goose: 'v3.30.0', sqlMigrate: 'v1.8.1' };

/** A program of a Go module, without its drivers for other databases. */
function program(
  name: string,
  path: string,
  version: string,
  tags: readonly string[],
): () => Promise<string> {
  return delivered({
    name,
    files: [],
    commands: [['sh', '-c', `GOBIN="$PWD" go install -trimpath -tags "$TAGS" "$MODULE"`]],
    env: { TAGS: tags.join(' '), MODULE: `${path}@${version}`, CGO_ENABLED: '0' },
  });
}

const padded = (place: number): string => String(place).padStart(5, '0');

export const GO_TOOLS: readonly Tool[] = [
  {
    name: 'golang-migrate',
    version: VERSIONS.migrate,
    install: program('migrate', 'github.com/golang-migrate/migrate/v4/cmd/migrate', VERSIONS.migrate, [
      'postgres',
    ]),
    command: (bin) => `${join(bin, 'migrate')} -path migrations -database "$DATABASE_URL" up`,
    write: ({ name, up, down = [], bare }, place) =>
      bare
        ? undefined
        : [
            { path: `migrations/${padded(place)}_${name}.up.sql`, text: sqlText(up) },
            { path: `migrations/${padded(place)}_${name}.down.sql`, text: sqlText(down) },
          ],
  },
  {
    name: 'goose',
    version: VERSIONS.goose,
    install: program('goose', 'github.com/pressly/goose/v3/cmd/goose', VERSIONS.goose, [
      'no_mysql',
      'no_sqlite3',
      'no_clickhouse',
      'no_mssql',
      'no_vertica',
      'no_ydb',
      'no_libsql',
      'no_duckdb',
      'no_azuresql',
      'no_spanner',
      'no_starrocks',
    ]),
    command: (bin) => `${join(bin, 'goose')} -dir migrations postgres "$DATABASE_URL" up`,
    write: ({ name, up, down = [], bare }, place) => [
      {
        path: `migrations/${padded(place)}_${name}.sql`,
        text: `${bare ? '-- +goose NO TRANSACTION\n' : ''}-- +goose Up\n${sqlText(up)}\n-- +goose Down\n${sqlText(down)}`,
      },
    ],
  },
  {
    name: 'sql-migrate',
    version: VERSIONS.sqlMigrate,
    install: program('sql-migrate', 'github.com/rubenv/sql-migrate/sql-migrate', VERSIONS.sqlMigrate, []),
    command: (bin) => `${join(bin, 'sql-migrate')} up`,
    beside: () => [
      {
        path: 'dbconfig.yml',
        text: 'development:\n  dialect: postgres\n  datasource: ${DATABASE_URL}\n  dir: migrations\n',
      },
    ],
    write: ({ name, up, down = [], bare }, place) => [
      {
        path: `migrations/${padded(place)}_${name}.sql`,
        text: `-- +migrate Up${bare ? ' notransaction' : ''}\n${sqlText(up)}\n-- +migrate Down\n${sqlText(down)}`,
      },
    ],
  },
];
