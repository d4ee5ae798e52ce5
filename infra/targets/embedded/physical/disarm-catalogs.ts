import pg from 'pg';
import { z } from 'zod';
import type { Disarmed } from '../../../../scripts/artifacts/records/records.ts';
import { registerNames } from '../../../../scripts/pg/messages/public-names.ts';
import { scramVerifier } from '../../../../scripts/pg/scram.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { StartedCopy } from '../../../../scripts/snapshot/physical/physical-copy.ts';
import { DATABASE, MAINTENANCE_DATABASE, SUPERUSER } from '../../../postgres/names.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { singleUser } from './single-user.ts';

/** Every cluster has it. */
const TEMPLATE = 'template1';
/** No packet leaves for it, see scripts/snapshot/disarm/nowhere.ts. */
const NOWHERE = 'host=255.255.255.255';
const LOADED = '^(session|local)_preload_libraries=';

const Cluster = z.object({
  databases: z.array(z.string()),
  prepared: z.array(z.object({ gid: z.string(), database: z.string() })),
  subscriptions: z.array(z.string()),
  passwords: z.number(),
  loading: z.array(z.string()),
});
type Cluster = z.infer<typeof Cluster>;

const CLUSTER = `select json_build_object(
  'databases', (select json_agg(datname order by datname) from pg_database where datname not in ('template0', 'template1')),
  'prepared', (select coalesce(json_agg(json_build_object('gid', gid, 'database', database)), '[]') from pg_prepared_xacts),
  'subscriptions', (select coalesce(json_agg(subname order by subname), '[]') from pg_subscription),
  'passwords', (select count(*) from pg_authid where rolpassword is not null and rolname <> '${SUPERUSER}'),
  'loading', (select coalesce(json_agg(coalesce(r.rolname, d.datname, 'all')), '[]') from pg_db_role_setting s
    left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
    where exists (select from unnest(s.setconfig) c where c ~ '${LOADED}')))::text as answer`;

const Inside = z.object({
  triggers: z.array(z.object({ name: z.string(), enabled: z.string() })),
  jobs: z.boolean(),
});
const INSIDE = `select json_build_object(
  'triggers', (select coalesce(json_agg(json_build_object('name', evtname, 'enabled', evtenabled)), '[]') from pg_event_trigger where evtenabled <> 'D'),
  'jobs', to_regclass('cron.job') is not null)::text as answer`;
/** Its own triggers are of a library that may not be here. */
const JOBS_OFF = [
  'set session_replication_role = replica',
  `select coalesce(json_agg(coalesce(to_jsonb(j) ->> 'jobname', 'job ' || jobid)), '[]')::text as answer from cron.job j where active`,
  'update cron.job set active = false where active',
];

interface Catalogs {
  readonly shown: string;
  /** Undefined = the only one. */
  readonly database: string | undefined;
  /** Of the superuser. */
  readonly password: string;
  readonly signal: AbortSignal;
}

/**
 * Before a server is started on a copied cluster for the first time: what in its catalogs would reach others by itself is off, its logins
 * have no passwords, and of its databases the rehearsed one is left, under the rehearsal's name.
 * @throws SNAPSHOT_INVALID where it is not clear which one is rehearsed, RESTORE_FAILED
 */
export async function disarmCatalogs(
  programs: Programs,
  { shown, database: wanted, password, signal }: Catalogs,
): Promise<Pick<StartedCopy, 'disarmed' | 'eventTriggers'>> {
  const run = (database: string, statements: readonly string[]): Promise<string[]> =>
    singleUser(programs, database, statements, { shown, signal });
  const cluster = Cluster.parse(answered(await run(TEMPLATE, [CLUSTER])));
  const { databases, prepared } = cluster;
  registerNames(databases);
  const database = chosen(databases, wanted, shown);
  for (const name of new Set(prepared.map((each) => each.database)))
    await run(
      name,
      prepared
        .filter((each) => each.database === name)
        .map(({ gid }) => `rollback prepared ${pg.escapeLiteral(gid)}`),
    );
  await run(TEMPLATE, ofCluster(database, databases, password));
  const { triggers, jobs } = Inside.parse(answered(await run(DATABASE, [INSIDE])));
  const off = triggers.length > 0 ? [`update pg_event_trigger set evtenabled = 'D'`] : [];
  const answers = jobs || off.length > 0 ? await run(DATABASE, [...(jobs ? JOBS_OFF : []), ...off]) : [];
  const jobNames = z.array(z.string()).parse(jobs ? answered(answers) : []);
  return {
    disarmed: [...listed(cluster, database), ...kinds('scheduled job', jobNames)],
    eventTriggers: triggers,
  };
}

function ofCluster(database: string, databases: readonly string[], password: string): string[] {
  const own = pg.escapeIdentifier(SUPERUSER);
  const others = databases.filter((name) => name !== database);
  const isRenamed = database !== DATABASE;
  return [
    `do $$ begin if not exists (select from pg_roles where rolname = '${SUPERUSER}') then create role ${own}; end if; end $$`,
    `alter role ${own} superuser inherit createrole createdb login replication bypassrls connection limit -1 valid until 'infinity' password '${scramVerifier(password)}'`,
    `alter role ${own} reset all`,
    `update pg_authid set rolpassword = null where rolname <> '${SUPERUSER}'`,
    `update pg_db_role_setting set setconfig = array(select c from unnest(setconfig) c where c !~ '${LOADED}')`,
    `delete from pg_db_role_setting where setconfig = '{}'`,
    `update pg_subscription set subenabled = false, subslotname = null, subconninfo = '${NOWHERE}'`,
    `delete from pg_subscription where subdbid <> (select oid from pg_database where datname = ${pg.escapeLiteral(database)})`,
    `update pg_database set datistemplate = false, datallowconn = true, datconnlimit = -1 where datname not in ('template0', '${TEMPLATE}')`,
    ...others.map((name) => `drop database ${pg.escapeIdentifier(name)}`),
    ...(isRenamed ? [`alter database ${pg.escapeIdentifier(database)} rename to ${DATABASE}`] : []),
    `create database ${MAINTENANCE_DATABASE} template template0`,
  ];
}

function chosen(databases: readonly string[], wanted: string | undefined, shown: string): string {
  const list = databases.join(', ');
  if (wanted !== undefined) {
    if (databases.includes(wanted)) return wanted;
    throw invalid(
      `${shown} holds no database ${wanted}: it holds ${list}`,
      'Name one of these as snapshot.database.',
    );
  }
  const others = databases.filter((name) => name !== MAINTENANCE_DATABASE);
  const [only, another] = others.length === 0 ? databases : others;
  if (only !== undefined && another === undefined) return only;
  throw invalid(
    `${shown} holds more than one database: ${list}`,
    `Say which one to rehearse: snapshot: { database: ${others[0] ?? ''} }`,
  );
}

function listed(cluster: Cluster, database: string): Disarmed[] {
  const { passwords, databases, prepared, subscriptions, loading } = cluster;
  const others = databases.filter((name) => name !== database && name !== MAINTENANCE_DATABASE);
  return [
    ...kinds('subscription', subscriptions),
    ...kinds('password', passwords === 0 ? [] : [`of ${passwords} ${passwords === 1 ? 'role' : 'roles'}`]),
    ...kinds(
      'setting of a role or database',
      loading.map((of) => `libraries that sessions of ${of} load`),
    ),
    ...kinds('prepared transaction', prepared.length === 0 ? [] : [`${prepared.length} rolled back`]),
    ...kinds('database', others),
  ];
}

function kinds(kind: Disarmed['kind'], names: readonly string[]): Disarmed[] {
  return names.map((name) => ({ kind, name }));
}

function answered([answer]: readonly string[]): unknown {
  if (answer === undefined) throw new Error('PostgreSQL in single-user mode did not answer');
  return JSON.parse(answer) as unknown;
}

function invalid(message: string, hint: string): RehearsalError {
  return new RehearsalError('SNAPSHOT_INVALID', message, { hint });
}
