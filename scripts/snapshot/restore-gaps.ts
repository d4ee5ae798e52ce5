import type pg from 'pg';
import { serverMessageOf } from '../pg/messages/guard.ts';
import { absentWrapper, makeHollowWrapper } from './disarm/hollow-wrappers.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import type { StatementPiece } from '../pg/scanner/sql-piece.ts';

const NAME = '("(?:[^"]|"")+"|\\S+)';
const CREATE_EXTENSION = new RegExp(`^create\\s+extension\\s+(?:if\\s+not\\s+exists\\s+)?${NAME}`, 'i');
const COMMENT_ON_EXTENSION = new RegExp(`^comment\\s+on\\s+extension\\s+${NAME}`, 'i');
const CREATE_SCHEMA_PUBLIC = /^create\s+schema\s+(?:if\s+not\s+exists\s+)?"?public"?(?=[\s;])/i;
/** What PostgreSQL lets only a superuser own. */
const SUPERUSERS_OWN = new RegExp(
  `^alter\\s+(?:event\\s+trigger|foreign\\s+data\\s+wrapper)\\s+${NAME}\\s+owner\\s+to\\s+("(?:[^"]|"")+"|[^\\s;]+)`,
  'i',
);
const HEAD_BYTES = 300;

/** PostgreSQL's words for an object that is not there; a cluster's own objects are no part of a dump. */
const ABSENT =
  /(?:schema|relation|type|function|table|sequence|operator class|text search configuration) .*does not exist/;
const PARTIAL =
  'The dump names what it does not hold. A partial one (pg_dump -t, -n or --data-only) leaves out what its objects need: take a whole one, or one with --exclude-table-data for large tables.';

/** pg_dump always names the provider. */
const SECURITY_LABEL = /^security\s+label\s+for\s+(?:'((?:[^']|'')+)'|"((?:[^"]|"")+)"|([^\s'"]+))\s+on\s/i;

type Rescue = 'skip' | 'retry' | undefined;

/** pg_dump tells where something lies by this setting, before the statement that makes it. */
const DEFAULT_TABLESPACE =
  /^set\s+default_tablespace\s*(?:=|to)\s*(?:'((?:[^']|'')+)'|"((?:[^"]|"")+)"|([^\s;'"]+))/i;

/** What a production database has and this server lacks: roles, extensions, settings of a newer version, tablespaces. It is noted, not fatal. */
export class RestoreGaps {
  readonly #roles = new Set<string>();
  readonly #superusers = new Set<string>();
  readonly #reservedRoles = new Set<string>();
  readonly #extensions = new Set<string>();
  readonly #settings = new Set<string>();
  readonly #wrappers = new Set<string>();
  readonly #tablespaces = new Set<string>();
  readonly #labelProviders = new Set<string>();

  /** A statement that cannot run because of a gap that is known already. */
  skips(statement: StatementPiece): boolean {
    if (statement.words[2] !== 'extension' || statement.words[0] !== 'comment') return false;
    return this.#extensions.has(extensionName(COMMENT_ON_EXTENSION, statement) ?? '');
  }

  /** What to do after the error; undefined = it stops the restore. */
  async rescue(client: pg.Client, statement: StatementPiece, thrown: unknown): Promise<Rescue> {
    const sqlstate = sqlstateOf(thrown);
    const { message = '' } = thrown instanceof Error ? serverMessageOf(thrown) : {};
    const { words } = statement;
    if (words[0] === 'create' && words[1] === 'extension' && isMissingExtension(sqlstate, message)) {
      this.#extensions.add(extensionName(CREATE_EXTENSION, statement) ?? 'of an unknown name');
      return 'skip';
    }
    if (sqlstate === '42P06' && CREATE_SCHEMA_PUBLIC.test(headOf(statement))) return 'skip';
    if (sqlstate === '42710' && words[0] === 'create' && /^(role|user|group)$/.test(words[1] ?? ''))
      return 'skip';
    const setting = /^unrecognized configuration parameter "(.*)"$/.exec(message)?.[1];
    if (setting !== undefined && (words[0] === 'set' || words[0] === 'alter')) {
      this.#settings.add(setting);
      return 'skip';
    }
    const tablespace = sqlstate === '22023' ? defaultTablespace(headOf(statement)) : undefined;
    if (tablespace !== undefined) {
      this.#tablespaces.add(tablespace);
      await client.query("set default_tablespace = ''"); // the one before it is not meant
      return 'skip';
    }
    const provider = sqlstate === '22023' ? labelProvider(headOf(statement)) : undefined;
    if (provider !== undefined) {
      this.#labelProviders.add(provider);
      return 'skip';
    }
    const wrapper = words[0] === 'create' && words[1] === 'server' ? absentWrapper(message) : undefined;
    if (wrapper !== undefined && !this.#wrappers.has(wrapper)) {
      this.#wrappers.add(wrapper);
      await makeHollowWrapper(client, wrapper);
      return 'retry';
    }
    const role = /^role "(.*)" does not exist$/.exec(message)?.[1];
    // Names that begin with pg_ are reserved: a role of another version of PostgreSQL, which cannot be made here.
    if (role?.startsWith('pg_') === true) {
      this.#reservedRoles.add(role);
      return 'skip';
    }
    if (role !== undefined && !this.#roles.has(role)) return this.#createRole(client, role);
    const owner = sqlstate === '42501' ? SUPERUSERS_OWN.exec(headOf(statement))?.[2] : undefined;
    if (owner === undefined || this.#superusers.has(owner)) return undefined;
    this.#superusers.add(owner);
    await client.query(`alter role ${owner} superuser`);
    return 'retry';
  }

  async #createRole(client: pg.Client, role: string): Promise<Rescue> {
    this.#roles.add(role);
    await client.query(`create role ${client.escapeIdentifier(role)} nologin`);
    return 'retry';
  }

  createdRole(name: string): void {
    this.#roles.add(name);
  }

  reservedRole(name: string): void {
    this.#reservedRoles.add(name);
  }

  missingTablespace(name: string): void {
    this.#tablespaces.add(name);
  }

  missingLabelProvider(name: string): void {
    this.#labelProviders.add(name);
  }

  missingExtension(name: string): void {
    this.#extensions.add(name);
  }

  hollowWrapper(name: string): void {
    this.#wrappers.add(name);
  }

  get warnings(): string[] {
    return [
      ...[...this.#extensions].map(
        (name) => `The extension ${name} of the snapshot is not available on this server and was left out.`,
      ),
      ...listed('Roles that the snapshot names were created without login', this.#roles),
      ...listed('What concerns roles of another PostgreSQL was left out', this.#reservedRoles),
      ...listed(
        'Tablespaces that this server does not have were left out, and what lies in them in production lies in the default one',
        this.#tablespaces,
      ),
      ...listed(
        'Security labels of providers that this server has not loaded were left out',
        this.#labelProviders,
      ),
      ...listed(
        'Foreign data wrappers that this server does not have stand empty: their servers and foreign tables are there and cannot be read',
        this.#wrappers,
      ),
      ...listed('Settings that this PostgreSQL does not know were left out', this.#settings),
    ];
  }

  /** Advice for an error that may come from a missing extension, or from a dump of a part. */
  hintFor(message: string): string | undefined {
    if (this.#extensions.size === 0) return ABSENT.test(message) ? PARTIAL : undefined;
    const names = [...this.#extensions].join(', ');
    return `This server lacks ${names}, which the snapshot uses: rehearse on a PostgreSQL that has it (postgres.binDir), or dump without it.`;
  }
}

function listed(what: string, names: ReadonlySet<string>): string[] {
  return names.size === 0 ? [] : [`${what}: ${[...names].join(', ')}.`];
}

/** The tablespace that a statement makes the default; undefined of others and of the database's own. */
export function defaultTablespace(sql: string): string | undefined {
  const [, text, quoted, bare] = DEFAULT_TABLESPACE.exec(sql) ?? [];
  return text?.replaceAll("''", "'") ?? quoted?.replaceAll('""', '"') ?? bare;
}

/** Whose security label a statement sets; undefined of other statements. */
export function labelProvider(sql: string): string | undefined {
  const [, text, quoted, bare] = SECURITY_LABEL.exec(sql) ?? [];
  return text?.replaceAll("''", "'") ?? quoted?.replaceAll('""', '"') ?? bare;
}

/** Not available at all, or not without another extension that is missing. */
function isMissingExtension(sqlstate: string | undefined, message: string): boolean {
  if (sqlstate === '42704') return message.startsWith('required extension');
  return sqlstate === '0A000' || sqlstate === '58P01';
}

function headOf({ bytes }: StatementPiece): string {
  return bytes.toString('utf8', 0, HEAD_BYTES);
}

function extensionName(pattern: RegExp, statement: StatementPiece): string | undefined {
  const name = pattern.exec(headOf(statement))?.[1];
  return name?.startsWith('"') === true ? name.slice(1, -1).replaceAll('""', '"') : name?.replace(/;$/, '');
}
