/** Class 42: what is there, what is missing, and what an object is not. The names stand in the statement or in the catalog. */
export const NAMES = `
relation "%n" does not exist
relation "%n.%n" does not exist
relation "%n" already exists
relation "%n" already exists in schema "%n"
relation "%n" is not a parent of relation "%n"
relation "%n" is not a partition of relation "%n"
relation "%n" would be inherited from more than once
relation "%n" does not have a composite type
table "%n" does not exist
table "%n" is not partitioned
table "%n" has type %t, but query expects %t
table row type and query-specified row type do not match
table name "%n" specified more than once
table reference "%n" is ambiguous
foreign table "%n" does not exist
view "%n" does not exist
materialized view "%n" does not exist
index "%n" does not exist
index "%n" for table "%n" does not exist
index "%n" is not valid
index "%n" is already associated with a constraint
index "%n" does not belong to table "%n"
"%n" is not a unique index
"%n" is a partial index
index "%n" column number %d does not have default sorting behavior
index "%n" contains expressions
sequence "%n" does not exist
schema "%n" already exists
schema "%n" does not exist
database "%n" already exists
database "%n" does not exist
column "%n" does not exist
column %n does not exist
column %n.%n does not exist
column "%n" of relation "%n" does not exist
column "%n" of relation "%n" already exists
column "%n" of relation "%n" is an identity column
column "%n" of relation "%n" is not an identity column
column "%n" of relation "%n" is already an identity column
column "%n" of relation "%n" is a generated column
column "%n" of relation "%n" is not a stored generated column
column "%n" of relation "%n" is not a generated column
column "%n" of relation "%n" must be declared NOT NULL before identity can be added
column "%n" of relation "%n" already has a default value
column "%n" named in key does not exist
column "%n" named in partition key does not exist
column "%n" referenced in foreign key constraint does not exist
column "%n" specified in USING clause does not exist in left table
column "%n" specified in USING clause does not exist in right table
column "%n" specified more than once
column "%n" is in a primary key
column "%n" is in index used as replica identity
column "%n" is marked NOT NULL in parent table
column "%n" has pseudo-type %t
column "%n" cannot be cast automatically to type %t
column "%n" cannot be cast to type %t
column "%n" in child table must be marked NOT NULL
column "%n" in child table "%n" must be marked NOT NULL
column "%n" inherits from generated column but specifies default
column "%n" is of type %t but expression is of type %t
column "%n" is of type %t but default expression is of type %t
column "%n" is a generated column
column "%n" can only be updated to DEFAULT
column "%n" appears twice in primary key constraint
column "%n" appears twice in unique constraint
column "%n" must appear in the GROUP BY clause or be used in an aggregate function
column "%n.%n" must appear in the GROUP BY clause or be used in an aggregate function
column name "%n" appears more than once in USING clause
column name "%n" conflicts with a system column name
column reference "%n" is ambiguous
column number %d of relation "%n" does not exist
column notation .%n applied to type %t, which is not a composite type
column "%n" not found in data type %t
column alias list for "%n" has too many entries
cannot insert into column "%n"
cannot insert a non-DEFAULT value into column "%n"
cannot insert multiple commands into a prepared statement
cannot assign to system column "%n"
cannot alter system column "%n"
cannot rename system column "%n"
cannot drop system column "%n"
cannot alter inherited column "%n"
cannot drop inherited column "%n"
cannot drop inherited constraint "%n" of relation "%n"
cannot rename inherited column "%n"
cannot alter column "%n" because it is part of the partition key of relation "%n"
cannot drop column "%n" because it is part of the partition key of relation "%n"
cannot change name of view column "%n" to "%n"
cannot change data type of view column "%n" from %t to %t
cannot change collation of view column "%n" from "%n" to "%n"
cannot drop columns from view
cannot change return type of existing function
cannot change routine kind
cannot change name of input parameter "%n"
cannot remove parameter defaults from existing function
cannot cast type %t to %t
cannot convert type %t to %t
cannot truncate a table referenced in a foreign key constraint
cannot inherit from partitioned table "%n"
cannot inherit from partition "%n"
cannot attach a typed table as partition
cannot create a permanent relation as partition of temporary relation "%n"
cannot create temporary relation in non-temporary schema
cannot create relations in temporary schemas of other sessions
cannot subscript type %t because it does not support subscripting
cannot display a value of type %t
default for column "%n" cannot be cast automatically to type %t
generation expression for column "%n" cannot be cast automatically to type %t
generation expression is not immutable
child table "%n" has different type for column "%n"
child table "%n" has different collation for column "%n"
child table is missing column "%n"
child table is missing constraint "%n"
constraint "%n" does not exist
constraint "%n" for table "%n" does not exist
constraint "%n" of relation "%n" does not exist
constraint "%n" for relation "%n" already exists
constraint "%n" of domain "%n" does not exist
constraint "%n" for domain %t does not exist
constraint "%n" for domain %t already exists
constraint "%n" for domain "%n" already exists
constraint "%n" of relation "%n" is not a foreign key constraint
constraint "%n" of relation "%n" is not a foreign key or check constraint
constraint "%n" of relation "%n" is not a foreign key, check, or not-null constraint
constraint "%n" of relation "%n" is not a not-null constraint
constraint "%n" conflicts with inherited constraint on relation "%n"
constraint "%n" conflicts with non-inherited constraint on child table "%n"
constraint "%n" conflicts with non-inherited constraint on relation "%n"
constraint "%n" is not deferrable
constraint must be added to child tables too
check constraint "%n" already exists
foreign key constraint "%n" cannot be implemented
foreign key referenced-columns list must not contain duplicates
number of referencing and referenced columns for foreign key disagree
there is no unique constraint matching given keys for referenced table "%n"
there is no primary key for referenced table "%n"
there is no unique or exclusion constraint matching the ON CONFLICT specification
referenced relation "%n" is not a table
multiple primary keys for table "%n" are not allowed
multiple default values specified for column "%n" of table "%n"
multiple assignments to same column "%n"
trigger "%n" for table "%n" does not exist
trigger "%n" for relation "%n" already exists
trigger functions can only be called as triggers
type "%n" does not exist
type "%n" already exists
type "%n" already exists in schema "%n"
type "%n" is only a shell
type "%n" is not a domain
type %t does not exist
type %t is not composite
type %t is not a domain
type %t is not an enum
"%n" is not an existing enum label
"%n" is not an enum
enum label "%x" already exists
data type %t has no default operator class for access method "%t"
domain "%n" does not exist
collation "%n" does not exist
collation "%n" for encoding "%t" does not exist
collation mismatch between explicit collations "%n" and "%n"
could not identify an equality operator for type %t
could not identify an ordering operator for type %t
could not find array type for data type %t
routine %t does not exist
OVER specified, but %t is not a window function nor an aggregate function
could not find a function named "%n"
could not find a procedure named "%n"
language "%n" does not exist
no language specified
only superuser can define a leakproof function
extension "%n" already exists
extension "%n" does not exist
extension "%n" has no installation script nor update path for version "%x"
role "%n" does not exist
role "%n" already exists
role name "%n" is reserved
policy "%n" for table "%n" already exists
policy "%n" for table "%n" does not exist
rule "%n" for relation "%n" does not exist
rule "%n" for relation "%n" already exists
publication "%n" does not exist
publication "%n" already exists
subscription "%n" does not exist
statistics object "%n" does not exist
statistics object "%n" already exists
text search configuration "%n" does not exist
text search dictionary "%n" does not exist
tablespace "%n" does not exist
access method "%n" does not exist
event trigger "%n" does not exist
server "%n" does not exist
foreign-data wrapper "%n" does not exist
improper qualified name (too many dotted names): %n
improper relation name (too many dotted names): %n
identifier "%n" will be truncated to "%n"
ON CONFLICT DO UPDATE requires inference specification or constraint name
tables declared WITH OIDS are not supported
partition "%n" would overlap partition "%n"
partition "%n" conflicts with existing default partition "%n"
empty range bound specified for partition "%n"
cannot specify NULL in range bound
every hash partition modulus must be a factor of the next larger modulus
"%n" is already a partition
"%n" is not partitioned
"%n" is not a table
"%n" is not a view
"%n" is not an index
"%n" is not a sequence
"%n" is not a materialized view
"%n" is not a foreign table
"%n" is not a table or view
"%n" is not a table or materialized view
"%n" is a view
"%n" is an index
"%n" is a partitioned table
"%n" is a composite type
"%n" is not a composite type
"%n" is a system catalog
"%n" is an aggregate function
cannot open relation "%n"
cannot create index on relation "%n"
cannot change materialized view "%n"
cannot change sequence "%n"
cannot change TOAST relation "%n"
cannot truncate only a partitioned table
cannot lock rows in view "%n"
cannot lock relation "%n"
cannot copy from view "%n"
cannot copy to view "%n"
cannot alter type "%n" because column "%n.%n" uses it
cannot alter table "%n" because column "%n.%n" uses its row type
cannot alter foreign table "%n" because column "%n.%n" uses its row type
composite type %n cannot be made a member of itself
"%n" is not a known variable
"%n" is not a scalar variable
variable "%n" does not exist
`;
