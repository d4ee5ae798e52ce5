import { parse } from 'dotenv';
import { describe, expect, it, test } from 'vitest';
import { childEnvironment, type ChildVariables } from './child-environment.ts';

const ENDPOINT = { host: '127.0.0.1', port: 5433, user: 'app user', password: 'p@ss/w:rd', database: 'shop' };
const URL = 'postgresql://app%20user:p%40ss%2Fw%3Ard@127.0.0.1:5433/shop?sslmode=disable';
const JDBC = 'jdbc:postgresql://127.0.0.1:5433/shop?user=app%20user&password=p%40ss%2Fw%3Ard&sslmode=disable';

function environment(variables: Partial<ChildVariables> = {}): Record<string, string> {
  return childEnvironment(ENDPOINT, 'command', { inherited: {}, ...variables });
}

test('the rehearsed database is there in the spellings of the common drivers', () => {
  expect(environment()).toMatchObject({
    DATABASE_URL: URL,
    DATABASE_URI: URL,
    DB_URL: URL,
    POSTGRES_URL: URL,
    DIRECT_URL: URL,
    PG_URL: URL,
    POSTGRES_PRISMA_URL: URL,
    SHADOW_DATABASE_URL: URL,
    SQLALCHEMY_DATABASE_URI: URL,
    DATABASE_HOST: '127.0.0.1',
    DB_HOST: '127.0.0.1',
    POSTGRES_HOST: '127.0.0.1',
    DB_PORT: '5433',
    DB_USER: 'app user',
    DB_USERNAME: 'app user',
    DB_NAME: 'shop',
    DB_DATABASE: 'shop',
    POSTGRES_DB: 'shop',
    POSTGRES_PASSWORD: 'p@ss/w:rd',
    DB_SSLMODE: 'disable',
    JDBC_URL: JDBC,
    FLYWAY_URL: JDBC,
    SPRING_DATASOURCE_URL: JDBC,
    LIQUIBASE_COMMAND_URL: JDBC,
    FLYWAY_USER: 'app user',
    FLYWAY_PASSWORD: 'p@ss/w:rd',
    SPRING_DATASOURCE_USERNAME: 'app user',
    PGHOST: '127.0.0.1',
    PGPORT: '5433',
    PGUSER: 'app user',
    PGPASSWORD: 'p@ss/w:rd',
    PGDATABASE: 'shop',
    PGSSLMODE: 'disable',
    PGAPPNAME: 'rehearse/command',
    PGPASSFILE: '/dev/null/none',
  });
});

test('service files are out of sight where there are some, and not spoken of elsewhere', () => {
  const spoken = (meetsServices?: boolean): string[] =>
    Object.entries(environment(meetsServices === undefined ? {} : { meetsServices })).flatMap(
      ([name, value]) => (name === 'PGSERVICEFILE' || name === 'PGSYSCONFDIR' ? [`${name} ${value}`] : []),
    );
  expect(spoken()).toEqual(['PGSERVICEFILE /dev/null/none', 'PGSYSCONFDIR /dev/null/none']);
  expect(spoken(true)).toEqual(spoken());
  expect(spoken(false)).toEqual([]);
});

test('tools that act on being told by the environment are told only where they were', () => {
  expect(Object.keys(environment()).filter((name) => /^(GOOSE|TYPEORM)/.test(name))).toEqual([]);
  expect(
    environment({ dotenv: { GOOSE_DBSTRING: 'host=prod dbname=d', TYPEORM_HOST: 'prod' } }),
  ).toMatchObject({
    GOOSE_DBSTRING:
      "host=127.0.0.1 port=5433 user='app user' password='p@ss/w:rd' dbname=shop sslmode=disable",
    TYPEORM_HOST: '127.0.0.1',
  });
});

const FOREIGN = `DATABASE_URL=postgres://u:p@prod.example/d
database_url=postgres://u:p@prod.example/d
databaseUrl=postgres://u:p@prod.example/d
DATABASE_URL_UNPOOLED=postgres://u:p@prod.example/d
MYAPP_DATABASE_READ_HOST=prod.example
DBHOST=prod.example
DB_PASS=prodsecret
POSTGRES_PASSWORD_FILE=/run/secrets/prod.example
PGHOSTADDR=prod.example
PGSERVICE=prod.example
PGSERVICEFILE=/home/prod.example
PGPASSFILE=/home/prod.example
PGOPTIONS=-c search_path=prod.example
PGDATA=/var/lib/prod.example
PGSSLROOTCERT=/home/prod.example
MONEY=postgres://u:p@prod.example/d
MONEY_ASYNC=postgresql+asyncpg://u:p@prod.example/d
MONEY_POSTGIS=postgis://u:p@prod.example/d
MONEY_DSN_TEXT=host=prod.example dbname=d user=u
MONEY_SERVICE=service=prod.example
MONEY_JDBC=jdbc:postgresql://prod.example:5432/d?user=u
MONEY_WRAPPED=jdbc:aws-wrapper:postgresql://prod.example:5432/d
MONEY_R2DBC=r2dbc:postgresql://prod.example/d
MONEY_MULTI=postgres://u:p@prod.example:1,prod.example:2/d
ConnectionStrings__Default=Host=prod.example;Database=d;Username=u
JAVA_TOOL_OPTIONS=-Xmx1g -Dspring.datasource.url=jdbc:postgresql://prod.example/d -Dx=y
VCAP_SERVICES={"pg":[{"uri":"postgres://u:p@prod.example/d"}]}
KNEX_CONNECTION_STRING=postgres://u:p@prod.example/d
DBMATE_DATABASE_URL=postgres://u:p@prod.example/d
HASURA_GRAPHQL_METADATA_DATABASE_URL=postgres://u:p@prod.example/d
`;

describe.each(['inherited', 'given', 'dotenv'] as const)('what is %s', (source) => {
  it.each(Object.entries(parse(FOREIGN)))('names no other database: %s=%s', (name, value) => {
    const env = environment({ [source]: { [name]: value } });
    expect(Object.entries(env).filter(([, each]) => /prod\.example|prodsecret/.test(each))).toEqual([]);
  });
});

test('a value is replaced in its own spelling, and what surrounds it stays', () => {
  const env = environment({ dotenv: parse(FOREIGN) });
  const login = 'app%20user:p%40ss%2Fw%3Ard@127.0.0.1:5433/shop';
  expect(env).toMatchObject({
    MONEY: `postgres://${login}?sslmode=disable`,
    MONEY_ASYNC: `postgresql+asyncpg://${login}`,
    MONEY_JDBC: JDBC,
    MONEY_R2DBC: `r2dbc:postgresql://${login}`,
    JAVA_TOOL_OPTIONS: `-Xmx1g -Dspring.datasource.url=${JDBC} -Dx=y`,
    ConnectionStrings__Default:
      'Host=127.0.0.1;Port=5433;Username=app user;Password="p@ss/w:rd";Database=shop;SSL Mode=Disable',
    PGHOSTADDR: '127.0.0.1',
  });
});

test('everything else is handed on as it is, and nothing else of a .env', () => {
  const harmless = {
    PATH: '/bin',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus',
    DB_POOL_SIZE: '5',
    DB_SCHEMA: 'app',
    REDIS_URL: 'redis://r',
    MYSQL_DATABASE_URL: 'mysql://m',
    REDIS_DB_HOST: 'r',
    DB_TABLE_NAME: 'migrations',
    PGTZ: 'UTC',
    HASURA_GRAPHQL_SERVER_PORT: '8080',
    SERVICE_URL: 'https://x',
    A: 'b=c',
    FEEDBACK_URL: 'u',
    DB_CONNECTION: 'pgsql',
    TEXT: 'one = two; three = four',
  };
  expect(environment({ inherited: harmless })).toMatchObject(harmless);
  expect(environment({ given: harmless })).toMatchObject(harmless);
  expect(environment({ dotenv: harmless })).toEqual(environment());
});

test('an IPv6 address stands in brackets', () => {
  const env = childEnvironment({ ...ENDPOINT, host: '::1' }, 'setup', { inherited: {} });
  expect(env['DATABASE_URL']).toContain('@[::1]:5433/');
  expect(env['PGHOST']).toBe('::1');
});
