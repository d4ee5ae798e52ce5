/** NOTICE and WARNING of statements that change the schema: what was skipped, what fell with it, what had no effect. */
export const NOTICES = `
relation "%n" already exists, skipping
column "%n" of relation "%n" already exists, skipping
schema "%n" already exists, skipping
extension "%n" already exists, skipping
collation "%n" already exists, skipping
collation "%n" for encoding "%n" already exists, skipping
statistics object "%n" already exists, skipping
enum label "%n" already exists, skipping
server "%n" already exists, skipping
user mapping for "%n" already exists for server "%n", skipping
relation "%n" does not exist, skipping
table "%n" does not exist, skipping
view "%n" does not exist, skipping
index "%n" does not exist, skipping
sequence "%n" does not exist, skipping
materialized view "%n" does not exist, skipping
foreign table "%n" does not exist, skipping
schema "%n" does not exist, skipping
type "%n" does not exist, skipping
domain "%n" does not exist, skipping
extension "%n" does not exist, skipping
collation "%n" does not exist, skipping
conversion "%n" does not exist, skipping
role "%n" does not exist, skipping
database "%n" does not exist, skipping
tablespace "%n" does not exist, skipping
language "%n" does not exist, skipping
server "%n" does not exist, skipping
publication "%n" does not exist, skipping
subscription "%n" does not exist, skipping
event trigger "%n" does not exist, skipping
access method "%n" does not exist, skipping
foreign-data wrapper "%n" does not exist, skipping
statistics object "%n" does not exist, skipping
text search parser "%n" does not exist, skipping
text search dictionary "%n" does not exist, skipping
text search template "%n" does not exist, skipping
text search configuration "%n" does not exist, skipping
operator class "%n" does not exist for access method "%n", skipping
operator family "%n" does not exist for access method "%n", skipping
column "%n" of relation "%n" does not exist, skipping
constraint "%n" of relation "%n" does not exist, skipping
constraint "%n" of domain "%n" does not exist, skipping
trigger "%n" for relation "%n" does not exist, skipping
rule "%n" for relation "%n" does not exist, skipping
policy "%n" for relation "%n" does not exist, skipping
policy "%n" for table "%n" does not exist, skipping
user mapping for "%n" does not exist for the server
user mapping for "%n" does not exist for the server, skipping
function %t does not exist, skipping
procedure %t does not exist, skipping
routine %t does not exist, skipping
aggregate %t does not exist, skipping
operator %t does not exist, skipping
cast from type %t to type %t does not exist, skipping
transform for type %t language "%n" does not exist, skipping
column "%n" of relation "%n" is not an identity column, skipping
column "%n" of relation "%n" is not a generated column, skipping
column "%n" of relation "%n" is not a stored generated column, skipping
drop cascades to %d other objects
drop cascades to %t
truncate cascades to table "%n"
ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index "%n" to "%n"
identifier "%n" will be truncated to "%n"
merging column "%n" with inherited definition
merging definition of column "%n" for child "%n"
merging multiple inherited definitions of column "%n"
merging constraint "%n" with inherited definition
moving and merging column "%n" with inherited definition
installing required extension "%n"
version "%n" of extension "%n" is already installed
table "%n" has no indexes to reindex
table "%n" has no indexes that can be reindexed concurrently
cannot reindex invalid index "%n" concurrently, skipping
cannot reindex invalid index "%n" on TOAST table concurrently, skipping
cannot reindex exclusion constraint index "%n" concurrently, skipping
skipping reindex of invalid index "%n"
cannot reindex system catalogs concurrently, skipping all
no privileges were granted for "%n"
not all privileges were granted for "%n"
no privileges could be revoked for "%n"
not all privileges could be revoked for "%n"
no privileges were granted for column "%n" of relation "%n"
role "%n" is already a member of role "%n"
role "%n" has already been granted membership in role "%n" by role "%n"
role "%n" is not a member of role "%n"
role "%n" has not been granted membership in role "%n" by role "%n"
permission denied to vacuum "%n", skipping it
permission denied to analyze "%n", skipping it
skipping "%n" --- only table or database owner can vacuum it
skipping "%n" --- only table or database owner can analyze it
skipping "%n" --- cannot vacuum non-tables or special system tables
skipping "%n" --- cannot analyze non-tables or special system tables
skipping vacuum of "%n" --- lock not available
skipping analyze of "%n" --- lock not available
skipping vacuum of "%n" --- relation no longer exists
skipping analyze of "%n" --- relation no longer exists
"wal_level" is insufficient to publish logical changes
subscription was created, but is not connected
replication slot was created
created replication slot "%n" on publisher
you don't own a lock of type %t
you are not the owner of lock
version has not changed
type "%n" is not yet defined
argument type %t is only a shell
return type %t is only a shell
type reference %t converted to %t
operator attribute "%n" not recognized
aggregate attribute "%n" not recognized
setting an MD5-encrypted password
there is no active transaction
`;
