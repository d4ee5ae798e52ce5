/**
 * Options of sequences, tables, types and settings, of class 22 by PostgreSQL's own choice (`invalid_parameter_value`): the numbers are those of the schema,
 * but for RESTART, which a sequence's last value is.
 */
export const OPTIONS = `
RESTART value (%x) cannot be greater than MAXVALUE (%d)
RESTART value (%x) cannot be less than MINVALUE (%d)
START value (%d) cannot be greater than MAXVALUE (%d)
START value (%d) cannot be less than MINVALUE (%d)
MINVALUE (%d) must be less than MAXVALUE (%d)
MAXVALUE (%d) is out of range for sequence data type %t
MINVALUE (%d) is out of range for sequence data type %t
INCREMENT must not be zero
CACHE (%d) must be greater than zero
sequence type must be smallint, integer, or bigint
identity column type must be smallint, integer, or bigint
unlogged sequences are not supported
"%k" is not an existing enum label
invalid enum label "%k"
unrecognized parameter "%n"
unrecognized parameter "%k"
unrecognized parameter namespace "%k"
parameter "%k" specified more than once
value %k out of bounds for option "%k"
invalid value for boolean option "%k": %k
invalid value for integer option "%k": %k
invalid value for floating point option "%k": %k
invalid value for enum option "%k": %k
%k is outside the valid range for parameter "%k" (%x .. %x)
parameter "%k" requires a numeric value
parameter "%k" requires a Boolean value
parameter "%k" requires an integer value
statistics target %d is too low
lowering statistics target to %d
parallel workers for vacuum must be between 0 and %d
parallel option requires a value between 0 and %d
`;
