/** What a variable of the environment says of a connection. `withheld`: nothing that a rehearsed database could stand in for. */
export type ConnectionPart =
  'url' | 'host' | 'port' | 'user' | 'password' | 'database' | 'sslmode' | 'withheld';

/** What such a name calls the database or the tool that connects to it. */
const DATABASE = [
  'PG',
  'PGSQL',
  'PSQL',
  'POSTGRES',
  'POSTGRESQL',
  'DB',
  'DATABASE',
  'SQL',
  'DATASOURCE',
  'JDBC',
  'R2DBC',
  'SQLALCHEMY',
  'ALEMBIC',
  'TYPEORM',
  'FLYWAY',
  'LIQUIBASE',
  'GOOSE',
  'DBMATE',
  'KNEX',
  'SEQUELIZE',
];

const PARTS: Readonly<Record<Exclude<ConnectionPart, 'withheld'>, string>> = {
  url: 'URL|URI|DSN|DBSTRING|CONN(?:ECTION)?_?(?:STR(?:ING)?|URL|URI)',
  host: 'HOST|HOST_?NAME|HOST_?ADDR(?:ESS)?|SERVER(?:_?NAME)?|ADDR(?:ESS)?|ENDPOINT|SOCKET(?:_?PATH)?',
  port: 'PORT',
  user: 'USER|USER_?NAME|LOGIN',
  password: 'PASS|PASSWORD|PASSWD|PWD|PW',
  database: 'NAME|DATABASE|DB_?NAME|DB|CATALOG',
  sslmode: 'SSL_?MODE',
};

/** What may follow: which of several databases, or which way to it. */
const QUALIFIER =
  'NON_?POOLING|NO_?POOL|UN_?POOLED|POOLED|POOLING|NO_SSL|DIRECT|PRIMARY|MASTER|REPLICA|READ(?:_?ONLY)?|WRITE|RO|RW|MAIN|DEFAULT|TEST|DEV(?:ELOPMENT)?|STAGING|PROD(?:UCTION)?|[0-9]+';

/** Their databases are not PostgreSQL: a command may need them as they are. */
const OTHER_DATABASE =
  /(?:^|_)(?:MYSQL|MARIADB|MONGO(?:DB)?|REDIS|VALKEY|CLICKHOUSE|CASSANDRA|ELASTIC(?:SEARCH)?|OPENSEARCH|NEO4J|INFLUX(?:DB)?|MSSQL|SQLSERVER|ORACLE|SQLITE3?|SNOWFLAKE|DYNAMO(?:DB)?|COUCH(?:DB)?|KAFKA|RABBITMQ|MEMCACHED?)(?:_|$)/;

const SPELLINGS = Object.entries(PARTS).map(([part, words]) => ({
  part: part as ConnectionPart,
  pattern: new RegExp(
    `(?:^|_)(?:${DATABASE.join('|')})(?:_(?:[A-Z0-9]+_)*)?(?:${words})(?:_(?:${QUALIFIER}))*(_FILE)?$`,
  ),
}));

/** Read by libpq and its relatives (PGSERVICE, PGHOSTADDR, PGSSLCERT …), and PGDATA. */
const LIBPQ = /^PG[A-Z0-9]+$/;
/** How a session counts and writes, not where it goes (libpq's manual, Environment Variables). */
const HARMLESS = new Set(['PGTZ', 'PGDATESTYLE', 'PGCLIENTENCODING', 'PGGEQO', 'PGLOCALEDIR']);
/** Names of other things than a database. */
const OTHER_NAME =
  /(?:TABLE|SCHEMA|SEQUENCE|COLUMN|INDEX|POOL|APP|APPLICATION|CONTAINER|IMAGE|DRIVER|CLIENT|CONNECTION)_?NAME$/;

/** Prisma names its way around a pooler so, Goose its dialect; neither says what it is about. */
const BY_NAME: Readonly<Record<string, ConnectionPart>> = { DIRECT_URL: 'url' };

/** Which part of a connection to a database a variable holds, by its name; undefined = none. */
export function connectionPart(name: string): ConnectionPart | undefined {
  const upper = name.toUpperCase().replace(/[.-]/g, '_').replace(/_+/g, '_');
  const known = BY_NAME[upper];
  if (known !== undefined) return known;
  if (HARMLESS.has(upper) || OTHER_DATABASE.test(upper) || OTHER_NAME.test(upper)) return undefined;
  for (const { part, pattern } of SPELLINGS) {
    const match = pattern.exec(upper);
    if (match) return match[1] === undefined ? part : 'withheld';
  }
  return LIBPQ.test(upper) ? 'withheld' : undefined;
}

const EACH_URL = ['URL', 'URI', 'DSN'];
const EACH = [...EACH_URL, 'HOST', 'PORT', 'USER', 'USERNAME', 'PASSWORD', 'NAME', 'SSLMODE'];

/**
 * Set for every program, whether the environment has them or not: a program that reads a `.env` by itself leaves alone what is
 * set. Those that change what a tool does by being set (GOOSE_*, TYPEORM_*) are absent, and replaced where they are found.
 */
export const ALWAYS_SET: readonly string[] = [
  ...['DATABASE', 'DB', 'POSTGRES', 'POSTGRESQL'].flatMap((word) => EACH.map((part) => `${word}_${part}`)),
  'DB_DATABASE',
  'POSTGRES_DB',
  'POSTGRES_DATABASE',
  'POSTGRESQL_DATABASE',
  'POSTGRES_PRISMA_URL',
  'POSTGRES_URL_NON_POOLING',
  'DATABASE_URL_UNPOOLED',
  'DIRECT_URL',
  'DIRECT_DATABASE_URL',
  'SHADOW_DATABASE_URL',
  'PG_URL',
  'PG_URI',
  'PG_HOST',
  'PG_PORT',
  'PG_USER',
  'PG_PASSWORD',
  'PG_DATABASE',
  'PG_DATABASE_URL',
  'SQLALCHEMY_DATABASE_URI',
  'SQLALCHEMY_DATABASE_URL',
  'SQLALCHEMY_URL',
  'HASURA_GRAPHQL_DATABASE_URL',
  'JDBC_URL',
  'JDBC_USER',
  'JDBC_PASSWORD',
  'JDBC_DATABASE_URL',
  'JDBC_DATABASE_USERNAME',
  'JDBC_DATABASE_PASSWORD',
  'SPRING_DATASOURCE_URL',
  'SPRING_DATASOURCE_USERNAME',
  'SPRING_DATASOURCE_PASSWORD',
  'FLYWAY_URL',
  'FLYWAY_USER',
  'FLYWAY_PASSWORD',
  'LIQUIBASE_COMMAND_URL',
  'LIQUIBASE_COMMAND_USERNAME',
  'LIQUIBASE_COMMAND_PASSWORD',
];

/** Tools of the JVM want their URL in JDBC's form. */
export function wantsJdbc(name: string): boolean {
  return /JDBC|DATASOURCE|FLYWAY|LIQUIBASE/i.test(name);
}
