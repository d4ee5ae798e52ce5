import type { Trouble } from '../../../scripts/checks/advice/remedies/remedy.ts';
import type { PgClient } from '../../../scripts/pg/client.ts';
import type { PublicPgError } from '../../../scripts/pg/pg-error.ts';

/** SQL of the first of two sessions, or what both do; `says` tells it as SQL with comments. */
export type Act =
  string | { readonly says: string; does(client: PgClient, other: PgClient): Promise<unknown> };

/** The same situation twice: as it fails, and as its remedy says. */
export interface Play {
  readonly who: Trouble['who'];
  /** Beside table t of two rows. */
  readonly setup?: string;
  /** The last one fails. */
  readonly fails: readonly Act[];
  /** None fails. */
  readonly works: readonly Act[];
  readonly trouble?: Partial<Trouble>;
}

export const SETUP = `drop schema if exists public cascade; create schema public; drop publication if exists pub;
  do $$ begin if exists (select from pg_roles where rolname = 'app') then drop owned by app; drop role app; end if; end $$;
  create role app; create table t (id int, name text, j json); insert into t values (1, 'a', '{}'), (2, 'b', '{}')`;

export function troubleOf(
  { who, fails, trouble }: Play,
  { sqlstate, message, inside }: PublicPgError,
): Trouble {
  const last = fails.at(-1);
  return {
    sqlstate: sqlstate ?? '',
    message,
    who,
    step: null,
    version: who === 'app' ? 'old' : null,
    sql: typeof last === 'string' ? last : '',
    mendedBy: null,
    refused: null,
    inside: inside ?? null,
    ...trouble,
  };
}
