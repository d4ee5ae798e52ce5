/** Advice of PostgreSQL itself. Any other hint may be code's own, which may quote rows. */
export const HINTS = `
Use DROP INDEX or REINDEX INDEX.
Perhaps you meant to reference the column "%n".
Perhaps you meant to reference the column "%n" or the column "%n".
Perhaps you meant to reference the table alias "%n".
Perhaps you meant the option "%n".
There is an entry for table "%n", but it cannot be referenced from this part of the query.
There is a column named "%n" in table "%n", but it cannot be referenced from this part of the query.
To reference that column, you must use a table-qualified name.
To reference that table, you must mark this subquery with LATERAL.
No function matches the given name and argument types. You might need to add explicit type casts.
No procedure matches the given name and argument types. You might need to add explicit type casts.
No operator matches the given name and argument types. You might need to add explicit type casts.
No operator matches the given name and argument type. You might need to add an explicit type cast.
No aggregate function matches the given name and argument types. Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular arguments of the aggregate.
Could not choose a best candidate function. You might need to add explicit type casts.
Could not choose a best candidate operator. You might need to add explicit type casts.
You will need to rewrite or cast the expression.
You might need to specify "USING %x".
You might need to add an explicit cast.
Use DROP ... CASCADE to drop the dependent objects too.
Use DROP FUNCTION %t first.
Use DROP TABLE to remove a table.
Use DROP VIEW to remove a view.
Use DROP INDEX to remove an index.
Use DROP SEQUENCE to remove a sequence.
Use DROP MATERIALIZED VIEW to remove a materialized view.
Use DROP TYPE to remove a type.
Use DROP FOREIGN TABLE to remove a foreign table.
Use ALTER TABLE ... RENAME COLUMN ... to change name of view column instead.
Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.
Use ALTER TYPE instead.
Use ALTER TABLE instead.
Use ALTER TABLE ... DROP NOT NULL instead.
Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.
Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.
Use OVERRIDING SYSTEM VALUE to override.
Use REINDEX INDEX CONCURRENTLY instead.
Do not specify the ONLY keyword.
Truncate table "%n" at the same time, or use TRUNCATE ... CASCADE.
At least one of the tables referenced by foreign keys must be truncated as well.
Ensure that no rows proposed for insertion within the same command have duplicate constrained values.
Ensure that not more than one source row matches any one target row.
The transaction might succeed if retried.
New enum values must be committed before they can be used.
Increase the configuration parameter "max_stack_depth" (currently %d), after ensuring the platform's stack depth limit is adequate.
You might need to increase "%n".
You might need to increase max_locks_per_transaction.
You might need to increase "max_locks_per_transaction".
You might need to increase "max_pred_locks_per_transaction".
In a moment you should be able to reconnect to the database and repeat your command.
Check free disk space.
Use ALTER TABLE ... DETACH PARTITION ... FINALIZE to complete the pending detach operation.
Set "max_prepared_transactions" to a nonzero value.
Set max_prepared_transactions to a nonzero value.
To enable updating the table, set REPLICA IDENTITY using ALTER TABLE.
To enable deleting from the table, set REPLICA IDENTITY using ALTER TABLE.
To enable inserting into the view, provide an INSTEAD OF INSERT trigger or an unconditional ON INSERT DO INSTEAD rule.
To enable updating the view, provide an INSTEAD OF UPDATE trigger or an unconditional ON UPDATE DO INSTEAD rule.
Create a unique index with no WHERE clause on one or more columns of the materialized view.
Use the REFRESH MATERIALIZED VIEW command.
Set DateStyle to "%t".
Perhaps you need a different "DateStyle" setting.
Perhaps you need a different "datestyle" setting.
Consider a function index of an MD5 hash of the value, or use full text indexing.
Values larger than 1/3 of a buffer page cannot be indexed.
Only roles with the %t attribute may create roles.
Try the COLLATE clause to set the collation explicitly.
Use the COLLATE clause to set the collation explicitly.
If you want to discard the results of a SELECT, use PERFORM instead.
The extension must first be installed on the system where PostgreSQL is running.
The extension must first be installed on the system where PostgreSQL is running
No function matches the given name and argument types.
Specify a USING expression to perform the conversion.
Valid units are "B", "kB", "MB", "GB", and "TB".
Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".
Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".
Array value must start with "{" or dimension information.
`;
