/** Classes 0A, 21, 24 to 2F, 34, 38, 3B, 3D, 3F: transactions, cursors, routines, and what is not supported. */
export const SESSIONS = `
more than one row returned by a subquery used as an expression
ON CONFLICT DO UPDATE command cannot affect row a second time
MERGE command cannot affect row a second time
query returned more than one row
query returned no rows
current transaction is aborted, commands ignored until end of transaction block
%t cannot run inside a transaction block
%t cannot run inside a subtransaction
%t cannot be executed from a function
%t cannot be executed from a function or procedure
%t cannot be executed within a pipeline
%t can only be used in transaction blocks
there is already a transaction in progress
there is no transaction in progress
cannot set transaction read-write mode inside a read-only transaction
transaction read-write mode must be set before any query
SET TRANSACTION ISOLATION LEVEL must be called before any query
SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction
cannot execute %t in a read-only transaction
cannot execute %t during recovery
cannot execute %t during a parallel operation
cannot execute %t within security-restricted operation
savepoint "%n" does not exist
savepoint "%n" does not exist within current savepoint level
prepared statement "%n" does not exist
prepared statement "%n" already exists
unnamed prepared statement does not exist
cursor "%n" does not exist
cursor "%n" already exists
cursor "%n" is not positioned on a row
cursor "%n" already in use
cursor variable "%n" is null
portal "%n" does not exist
portal "%n" cannot be run
prepared transaction with identifier "%x" does not exist
transaction identifier "%x" is already in use
transaction identifier "%x" is too long
prepared transactions are disabled
cannot PREPARE a transaction that has operated on temporary objects
cannot PREPARE a transaction that has exported snapshots
invalid transaction termination
cannot begin/end transactions in PL/pgSQL
unsupported transaction command in PL/pgSQL
cannot commit while a subtransaction is active
cannot roll back while a subtransaction is active
cannot commit while a portal is pinned
control reached end of function without RETURN
control reached end of trigger procedure without RETURN
cannot drop %t because other objects depend on it
cannot drop desired object(s) because other objects depend on them
cannot drop %t because %t requires it
role "%n" cannot be dropped because some objects depend on it
schema "%n" does not exist
no schema has been selected to create in
database "%n" does not exist
cross-database references are not implemented: %n
table "%n" being attached contains an identity column "%n"
cannot alter type of a column used by a function or procedure
cannot drop the currently open database
column must be added to child tables too
cannot alter type of a column used by a view or rule
cannot alter type of a column used in a policy definition
cannot alter type of a column used in a trigger definition
cannot alter type of a column used by a generated column
cannot alter type of a column used in a function or procedure
cannot alter type of column "%n" twice
cannot alter statistics on virtual generated column "%n"
cached plan must not change result type
ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables
ALTER action %t cannot be performed on relation "%n"
cannot add NOT VALID foreign key on partitioned table "%n" referencing relation "%n"
cannot use ONLY for foreign key on partitioned table "%n" referencing relation "%n"
cannot create index on partitioned table "%n" concurrently
cannot drop partitioned index "%n" concurrently
cannot create exclusion constraints on partitioned table "%n"
cannot reindex system catalogs concurrently
cannot reindex this type of relation concurrently
cannot move system relation "%n"
cannot change inheritance of partitioned table
cannot add column to a partition
cannot detach partitions concurrently when a default partition exists
cannot use column reference in DEFAULT expression
cannot use subquery in DEFAULT expression
cannot use subquery in check constraint
cannot use subquery in index expression
cannot use subquery in index predicate
cannot use subquery in transform expression
cannot use subquery in column generation expression
cannot use column reference in partition bound expression
set-returning functions are not allowed in %t
INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules
FULL JOIN is only supported with merge-joinable or hash-joinable join conditions
DISTINCT is not implemented for window functions
unique constraint on partitioned table must include all partitioning columns
PRIMARY KEY constraint on partitioned table must include all partitioning columns
access method "%t" does not support unique indexes
access method "%t" does not support multicolumn indexes
access method "%t" does not support included columns
access method "%t" does not support exclusion constraints
access method "%t" does not support ASC/DESC options
extension "%n" is not available
extension "%n" must be installed in schema "%n"
required extension "%n" is not installed
cannot insert into view "%n"
cannot update view "%n"
cannot delete from view "%n"
cannot insert into column "%n" of view "%n"
cannot update column "%n" of view "%n"
cannot cluster on partial index "%n"
cannot cluster on invalid index "%n"
cannot cluster a partitioned table
%t is not allowed with %t
%t is not allowed with aggregate functions
%t is not allowed with window functions
%t cannot be applied to the nullable side of an outer join
`;
