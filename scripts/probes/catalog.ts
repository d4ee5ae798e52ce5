import type { PgClient } from '../pg/client.ts';
import { VersionedMap } from '../shared/versioned-map.ts';

export interface CatalogEntry {
  /** `schema.name` */
  readonly name: string;
  /** pg_class.relkind */
  readonly kind: string;
  /** Null for relations without storage (views, partitioned tables). */
  readonly filenode: number | null;
  readonly sizeBytes: number;
  /** Name of the topmost table or index that it is a partition of. */
  readonly partitionOf?: string;
}

/** Every relation of the database that is not the system's, by oid. */
export type Catalog = VersionedMap<number, CatalogEntry>;

/** Oids below this belong to the system (FirstNormalObjectId in PostgreSQL's access/transam.h). */
export const FIRST_USER_OID = 16384;

/** The roots of all partitions at once: pg_partition_root goes the way from each of them. */
const CATALOG = `
  with recursive tree (oid, root) as (
    select oid, oid from pg_catalog.pg_class where relkind in ('p', 'I') and not relispartition
    union all
    select i.inhrelid, t.root from tree t join pg_catalog.pg_inherits i on i.inhparent = t.oid)
  select c.oid::bigint, n.nspname || '.' || c.relname, c.relkind::text, pg_catalog.pg_relation_filenode(c.oid)::bigint,
         case when c.relkind in ('r', 'm', 't', 'i') then coalesce(pg_catalog.pg_relation_size(c.oid), 0) else 0 end,
         nullif(t.root, t.oid)::bigint
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join tree t on t.oid = c.oid
   where c.oid >= ${FIRST_USER_OID}`;

type CatalogRow = [
  oid: string,
  name: string,
  kind: string,
  filenode: string | null,
  size: string,
  root: string | null,
];

/**
 * Reads the catalog as it is now. Sizes open the relations, so call it only where no other session holds ACCESS EXCLUSIVE:
 * before a statement, not behind it.
 */
export async function readCatalog(client: PgClient): Promise<Catalog> {
  const { rows } = await client.query<CatalogRow>({ text: CATALOG, rowMode: 'array' });
  const names = new Map(rows.map(([oid, name]) => [oid, name]));
  const read = new Map(
    rows.map(([oid, name, kind, filenode, size, root]) => {
      const partitionOf = root === null ? undefined : names.get(root);
      const entry: CatalogEntry = {
        name,
        kind,
        filenode: filenode === null ? null : Number(filenode),
        sizeBytes: Number(size),
        ...(partitionOf === undefined ? {} : { partitionOf }),
      };
      return [Number(oid), entry];
    }),
  );
  return new VersionedMap(read);
}
