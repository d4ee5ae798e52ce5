import { FIRST_USER_OID } from '../catalog.ts';

/** Of more relations than that everything is looked at at once. */
const MOST_SINGLE = 5000;
/** Relations of others are new as well; of so many everything is looked at. */
export const MOST_NEW = 100;

/** What a look has to read again. */
interface TouchedSince {
  /** Null = anything may be other than before. */
  readonly oids: readonly number[] | null;
  /** For the next `since`. */
  readonly position: number;
}

/**
 * Which relations the plan's transactions have locked so that they could change them, told when each is over: whoever knows
 * what there was before reads only those again, however many there are. PostgreSQL changes no relation that it has not locked
 * more strongly than for reading, but for its name by that of its schema.
 */
export class Touched {
  readonly #isAlone: boolean;
  /** Null = something was done that nobody saw the locks of. */
  readonly #told: (number | null)[] = [];

  /** @param isAlone nobody but the plan makes, changes or drops relations, as far as is known */
  constructor(isAlone: boolean) {
    this.#isAlone = isAlone;
  }

  /** By a transaction that is over. */
  add(oids: ReadonlySet<number>): void {
    if (oids.size > MOST_SINGLE) this.addUnseen();
    else for (const oid of oids) this.#told.push(oid);
  }

  /** Something is over whose locks were not seen from within. */
  addUnseen(): void {
    this.#told.push(null);
  }

  /** Call before the look. @param position of the last look; undefined = there was none */
  since(position: number | undefined): TouchedSince {
    const next = this.#told.length;
    if (!this.#isAlone || position === undefined) return { oids: null, position: next };
    const oids = new Set<number>();
    for (const oid of this.#told.slice(position)) {
      if (oid === null) return { oids: null, position: next };
      oids.add(oid);
    }
    return { oids: oids.size > MOST_SINGLE ? null : [...oids], position: next };
  }
}

const DDL = /\b(create|alter|drop|truncate|reindex|cluster|refresh|analyze|vacuum|call|do)\b/i;

/** Whether one of the app's statements may change relations. */
export function mayChangeRelations(texts: Iterable<string>): boolean {
  for (const text of texts) if (DDL.test(text)) return true;
  return false;
}

/** Those of `oids` with their indexes, which ALTER TABLE moves to another schema without a lock. For FROM; SQL of an array. */
export function withIndexes(oids: string): string {
  return `select pg_catalog.unnest(${oids}::pg_catalog.oid[]) as oid union
          select i.indexrelid from pg_catalog.pg_index i where i.indrelid = any (${oids}::pg_catalog.oid[])`;
}

/** The oids of relations that are newer than `than`, oldest first, for FROM; at most MOST_NEW, found by the index. */
export function newRelations(than: string): string {
  return `select made.oid from pg_catalog.pg_class made
           where made.oid > ${than}::pg_catalog.oid and made.oid >= ${FIRST_USER_OID} order by made.oid limit ${MOST_NEW}`;
}
