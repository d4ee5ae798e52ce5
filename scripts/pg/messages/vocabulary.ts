/** Words that PostgreSQL itself puts in the places of types, commands and kinds of objects. */
const WORDS = `
any anyarray anycompatible anyelement anyenum anymultirange anynonarray anyrange bigint bigserial bit bool boolean box bpchar bytea
char character cid cidr circle cstring date datemultirange daterange decimal double precision enum event_trigger float float4 float8 inet
int int2 int2vector int4 int4multirange int4range int8 int8multirange int8range integer internal interval json jsonb jsonpath line lseg
macaddr macaddr8 money name nummultirange numeric numrange oid oidvector path pg_lsn pg_snapshot point polygon real record refcursor regclass
regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype serial setof smallint smallserial
local text tid time timestamp timestamptz timetz trigger tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector unknown uuid varbit varchar
varying void with without xid xid8 xml zone array year month day hour minute second to
btree hash gist spgist gin brin heap utf8 utf-8 latin1 win1252 sql_ascii base64 hex escape
access aggregate as by cascade case cast check class clause coalesce collation column command concurrently conflict constraint constraints create
cursor database declare default delete discard distinct do domain drop each end except exclusion execute explain expression expressions
extension extract false fetch filter foreign for from full function functions generated grant greatest group having identity in index insert
intersect is isnull join key least limit lock materialized merge method move multirange no not null nulls of off offset on operator or order
over partition policy predicate prepare prepared primary procedure publication range references refresh reindex release reset
returning revoke rollback routine row rows rule savepoint schema select sequence session set share show similar start statement statistics subscription
system table tablespace transaction transform transition true truncate type types union unique update user using
vacuum value values variadic view when where window work alter add commit begin copy call cluster analyze listen notify unlisten
pg_catalog begin abort owner database isolation level role superuser createrole createdb pg_use_reserved_connections
`;
const KNOWN = new Set(WORDS.trim().split(/\s+/));

export function isVocabulary(word: string): boolean {
  return KNOWN.has(word.toLowerCase());
}
