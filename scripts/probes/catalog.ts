import type { VersionedMap } from '../shared/versioned-map.ts';

export interface CatalogEntry {
  /** `schema.name` */
  readonly name: string;
  /** pg_class.relkind */
  readonly kind: string;
  /** Null for relations without storage (views, partitioned tables). */
  readonly filenode: number | null;
  readonly sizeBytes: number;
  /** Oid of the table or index that it is a partition of. */
  readonly parent?: number;
}

/** Every relation of the database that is not the system's, by oid. Those that are gone may be in it still: nobody meets them. */
export type Catalog = VersionedMap<number, CatalogEntry>;

/** Oids below this belong to the system (FirstNormalObjectId in PostgreSQL's access/transam.h). */
export const FIRST_USER_OID = 16384;

/** Name of the topmost table or index that it is a partition of; undefined = of none. */
export function partitionOf(oid: number, catalog: Catalog): string | undefined {
  let top: CatalogEntry | undefined;
  let at = catalog.get(oid)?.parent;
  while (at !== undefined) {
    const above = catalog.get(at);
    if (above === undefined) break;
    top = above;
    at = above.parent;
  }
  return top?.name;
}
