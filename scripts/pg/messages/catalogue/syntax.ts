/** Classes 42 and P0: syntax, types, calls and privileges. */
export const SYNTAX = `
subquery uses ungrouped column "%n" from outer query
cannot determine result data type
function %n must return type %t
operator class "%n" does not exist for access method "%t"
operator class "%n" does not accept data type %t
could not determine which collation to use for string comparison
could not determine which collation to use for %t function
could not determine polymorphic type because input has type %t
could not determine data type of parameter $%d
could not determine interpretation of row comparison operator %t
inconsistent types deduced for parameter $%d
there is no parameter $%d
bind message supplies %d parameters, but prepared statement "%n" requires %d
wrong number of parameters for prepared statement "%n"
parameter $%d of type %t cannot be coerced to the expected type %t
function %t does not exist
function %t is not unique
function name "%n" is not unique
function %t already exists with same argument types
function "%n" already exists with same argument types
function result type must be %t because of OUT parameters
procedure %t does not exist
procedure %t is not unique
aggregate %t does not exist
aggregate function calls cannot be nested
aggregate function calls cannot contain window function calls
aggregate functions are not allowed in %t
window functions are not allowed in %t
window function calls cannot be nested
window function %t requires an OVER clause
%t is not a procedure
%t is a procedure
%t is not a function
operator does not exist: %t
operator is not unique: %t
operator %t is not unique
return type mismatch in function declared to return %t
unrecognized configuration parameter "%n"
unrecognized parameter "%n"
unrecognized parameter namespace "%n"
unrecognized VACUUM option "%n"
unrecognized EXPLAIN option "%n"
unrecognized REINDEX option "%n"
option "%n" not recognized
conflicting or redundant options
parameter "%n" specified more than once
parameter name "%n" used more than once
parameter "%n" requires a Boolean value
invalid configuration parameter name "%n"
invalid reference to FROM-clause entry for table "%n"
missing FROM-clause entry for table "%n"
missing FROM-clause entry in subquery for table "%n"
invalid UNION/INTERSECT/EXCEPT ORDER BY clause
invalid type name "%n"
invalid name syntax
syntax error
syntax error at or near "%k"
syntax error at end of input
unterminated quoted string at or near "%k"
unterminated quoted identifier at or near "%k"
unterminated dollar-quoted string at or near "%k"
unterminated /* comment at or near "%k"
unterminated bit string literal at or near "%k"
unterminated hexadecimal string literal at or near "%k"
trailing junk after numeric literal at or near "%k"
trailing junk after parameter at or near "%k"
zero-length delimited identifier at or near "%k"
invalid hexadecimal integer at or near "%k"
argument of %t must be type %t, not type %t
argument of %t must not return a set
argument of %t must not contain variables
%t types %t and %t cannot be matched
%t could not convert type %t to %t
array subscript must have type integer
array assignment to "%n" requires type %t but expression is of type %t
subfield "%n" is of type %t but expression is of type %t
op ANY/ALL (array) requires array on right side
op ANY/ALL (array) requires operator to yield boolean
each %t query must have the same number of columns
INSERT has more expressions than target columns
INSERT has more target columns than expressions
VALUES lists must all be the same length
number of columns does not match number of values
unequal number of entries in row expressions
subquery must return a column
subquery must return only one column
subquery has too few columns
subquery has too many columns
subquery in FROM must have an alias
SELECT * with no tables specified is not valid
SELECT DISTINCT ON expressions must match initial ORDER BY expressions
for SELECT DISTINCT, ORDER BY expressions must appear in select list
%t position %d is not in select list
non-integer constant in %t
DEFAULT is not allowed in this context
WITH query name "%n" specified more than once
WITH query "%n" does not have a RETURNING clause
recursive reference to query "%n" must not appear within its non-recursive term
window "%n" does not exist
window "%n" is already defined
functions in index expression must be marked IMMUTABLE
functions in index predicate must be marked IMMUTABLE
invalid bound specification for a list partition
invalid bound specification for a range partition
invalid bound specification for a hash partition
must be owner of table %n
must be owner of relation %n
must be owner of view %n
must be owner of index %n
must be owner of sequence %n
must be owner of schema %n
must be owner of function %n
must be owner of type %t
must be owner of materialized view %n
must be owner of database %n
must be owner of extension %n
must be superuser
must be superuser to %t
must be able to SET ROLE "%n"
must be member of role "%n"
permission denied for table %n
permission denied for relation %n
permission denied for view %n
permission denied for materialized view %n
permission denied for foreign table %n
permission denied for column %n
permission denied for column "%n" of relation "%n"
permission denied for sequence %n
permission denied for schema %n
permission denied for database %n
permission denied for function %n
permission denied for procedure %n
permission denied for routine %n
permission denied for type %t
permission denied for language %n
permission denied for tablespace %n
permission denied for index %n
permission denied to create temporary tables in database "%n"
permission denied to create "%n.%n"
permission denied to examine "%n"
permission denied to rename database
permission denied to drop database
permission denied to change owner of database
permission denied to rename role
permission denied to grant role "%n"
permission denied to revoke role "%n"
permission denied to grant privileges as role "%n"
permission denied to revoke privileges granted by role "%n"
permission denied to reassign objects
permission denied to drop objects
permission denied to create publication
permission denied to create subscription
permission denied to create event trigger "%n"
permission denied to change owner of event trigger "%n"
permission denied to change owner of foreign-data wrapper "%n"
permission denied to create foreign-data wrapper "%n"
permission denied to create tablespace "%n"
permission denied to cancel query
permission denied to terminate process
permission denied to examine subscription
permission denied to use replication slots
permission denied to COPY to or from an external program
permission denied to COPY from a file
permission denied to COPY to a file
permission denied to bypass row-level security
must have CREATEROLE privilege
permission denied to create role
permission denied to alter role
permission denied to drop role
permission denied to create database
permission denied to create extension "%n"
permission denied to set role "%n"
permission denied to set parameter "%n"
permission denied to set session authorization
permission denied to set session authorization "%n"
permission denied: "%n" is a system catalog
permission denied: "%n" is a system trigger
infinite recursion detected in rules for relation "%n"
infinite recursion detected in policy for relation "%n"
record "%n" has no field "%n"
record "%n" is not assigned yet
query has no destination for result data
query "%x" is not a SELECT
query string argument of EXECUTE is null
structure of query does not match function result type
wrong record type supplied in RETURN NEXT
too few parameters specified for RAISE
too many parameters specified for RAISE
RAISE without parameters cannot be used outside an exception handler
case not found
a column definition list is required for functions returning "record"
a column definition list is only allowed for functions returning "record"
a column list with %t is only supported for ON DELETE actions
`;
