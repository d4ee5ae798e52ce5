/** Class 23, and 40 and 55 to 57: constraints, locks and the server's own state. Names only. */
export const INTEGRITY = `
duplicate key value violates unique constraint "%n"
could not create unique index "%n"
could not create exclusion constraint "%n"
conflicting key value violates exclusion constraint "%n"
null value in column "%n" of relation "%n" violates not-null constraint
null value in column "%n" violates not-null constraint
column "%n" of relation "%n" contains null values
column "%n" of table "%n" contains null values
column "%n" contains null values
insert or update on table "%n" violates foreign key constraint "%n"
update or delete on table "%n" violates foreign key constraint "%n" on table "%n"
update or delete on table "%n" violates RESTRICT setting of foreign key constraint "%n" on table "%n"
removing partition "%n" violates foreign key constraint "%n"
new row for relation "%n" violates check constraint "%n"
check constraint "%n" of relation "%n" is violated by some row
could not change table "%n" to unlogged because it references logged table "%n"
could not change table "%n" to logged because it references unlogged table "%n"
cannot change logged status of table "%n" because it is temporary
cannot change table "%n" to unlogged because it is part of a publication
new row for relation "%n" violates partition constraint
partition constraint of relation "%n" is violated by some row
updated partition constraint for default partition "%n" would be violated by some row
no partition of relation "%n" found for row
value for domain %t violates check constraint "%n"
domain %t does not allow null values
column "%n" of table "%n" contains values that violate the new constraint
moving row to another partition during a BEFORE FOR EACH ROW trigger is not supported
new row violates check option for view "%n"
new row violates row-level security policy for table "%n"
new row violates row-level security policy "%n" for table "%n"
new row violates row-level security policy (USING expression) for table "%n"
new row violates row-level security policy "%n" (USING expression) for table "%n"
target row violates row-level security policy (USING expression) for table "%n"
target row violates row-level security policy "%n" (USING expression) for table "%n"
query would be affected by row-level security policy for table "%n"
primary key column "%n" is not marked NOT NULL
deadlock detected
could not serialize access due to concurrent update
could not serialize access due to concurrent delete
could not serialize access due to read/write dependencies among transactions
could not serialize access
tuple to be locked was already moved to another partition due to concurrent update
tuple to be updated was already modified by an operation triggered by the current command
tuple to be deleted was already modified by an operation triggered by the current command
canceling statement due to conflict with recovery
terminating connection due to conflict with recovery
canceling statement due to lock timeout
canceling statement due to statement timeout
canceling statement due to user request
canceling autovacuum task
canceling statement due to transaction timeout
terminating connection due to administrator command
terminating connection due to idle-in-transaction timeout
terminating connection due to idle-session timeout
terminating connection due to transaction timeout
terminating connection due to unexpected postmaster exit
terminating connection because of crash of another server process
the database system is shutting down
the database system is starting up
the database system is in recovery mode
the database system is not accepting connections
the database system is not yet accepting connections
could not obtain lock on relation "%n"
could not obtain lock on relation with OID %d
could not obtain lock on row in relation "%n"
database "%n" is being accessed by other users
source database "%n" is being accessed by other users
database "%n" is not currently accepting connections
database "%n" does not exist
role "%n" is not permitted to log in
password authentication failed for user "%n"
too many connections for role "%n"
too many connections for database "%n"
sorry, too many clients already
remaining connection slots are reserved for roles with the SUPERUSER attribute
remaining connection slots are reserved for roles with privileges of the "%t" role
remaining connection slots are reserved for non-replication superuser connections
out of memory
out of shared memory
could not resize shared memory segment "%x" to %x bytes: %x
could not extend file "%x": %x
could not write to file "%x": %x
could not write file "%x": %x
could not create file "%x": %x
temporary file size exceeds "temp_file_limit" (%x)
temporary file size exceeds temp_file_limit (%x)
stack depth limit exceeded
target lists can have at most %d entries
tables can have at most %d columns
cannot use more than %d columns in an index
cannot pass more than %d argument to a function
cannot pass more than %d arguments to a function
row is too big: size %d, maximum size %d
index row size %d exceeds maximum %d for index "%n"
index row size %d exceeds btree version %d maximum %d for index "%n"
index row requires %d bytes, maximum size is %d
could not open extension control file "%x": %x
could not access file "%x": %x
could not open file "%x" for reading: %x
could not open file "%x" for writing: %x
cannot %t "%n" because it is being used by active queries in this session
cannot %t "%n" because it has pending trigger events
cannot update table "%n" because it does not have a replica identity and publishes updates
cannot delete from table "%n" because it does not have a replica identity and publishes deletes
cannot update table "%n"
cannot delete from table "%n"
unsafe use of new value "%x" of enum type %t
invalid memory alloc request size %x
cannot refresh materialized view "%n" concurrently
materialized view "%n" has not been populated
cannot change owner of sequence "%n"
partition "%n" already pending detach in partitioned table "%n.%n"
pg_stat_statements must be loaded via "shared_preload_libraries"
parameter "%n" cannot be changed
parameter "%n" cannot be changed now
parameter "%n" cannot be changed without restarting the server
parameter "%n" cannot be set after connection start
`;
