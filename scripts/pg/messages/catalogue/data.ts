/** Class 22: what was wrong with a value. The value itself is never told, be it a known name. */
export const DATA = `
division by zero
%t out of range
value out of range: overflow
value out of range: underflow
value "%x" is out of range for type %t
value overflows numeric format
numeric field overflow
interval out of range
interval field value out of range: "%x"
timestamp out of range
timestamp out of range: "%x"
date out of range: "%x"
date out of range for timestamp
date field value out of range: %x
date/time field value out of range: "%x"
time field value out of range: %x
time zone displacement out of range: "%x"
time zone "%x" not recognized
time zone "%x" not recognized for type %t
unit "%x" not recognized for type %t
unit "%x" not supported for type %t
units "%x" not recognized
units "%x" not supported
invalid input syntax for type %t
invalid input syntax for type %t: "%x"
invalid input syntax for type %t: %x
invalid input syntax for numeric time zone: "%x"
invalid input value for enum %n: "%x"
invalid name syntax
invalid value "%x" for "%x"
invalid value for parameter "%n": "%x"
invalid value for parameter "%n": %x
invalid value for parameter "%x": "%x"
invalid value for "%x" in source string
invalid combination of date conventions
invalid string enlargement request size: %x
invalid byte sequence for encoding "%t": %x
invalid hexadecimal digit: "%x"
invalid hexadecimal data: odd number of digits
invalid symbol "%x" found while decoding %t sequence
invalid base64 end sequence
invalid encoding name "%x"
invalid source encoding name "%x"
invalid destination encoding name "%x"
unrecognized encoding: "%x"
invalid normalization form: %x
invalid Unicode escape
invalid Unicode escape value
invalid Unicode surrogate pair
invalid regular expression: %x
invalid regular expression option: "%x"
invalid escape string
invalid cidr value: "%x"
invalid %t value: "%x"
invalid octet value in "macaddr" value: "%x"
invalid octet value in "macaddr8" value: "%x"
"%x" is not a valid hexadecimal digit
"%x" is not a valid binary digit
"%x" is not a number
"%x" is not a valid binary digit for type %t
invalid XML content
invalid XML document
invalid XML comment
invalid XML processing instruction
invalid memory alloc request size %x
malformed array literal: "%x"
malformed range literal: "%x"
malformed multirange literal: "%x"
malformed record literal: "%x"
array size exceeds the maximum allowed (%d)
array lower bound is too large: %x
array upper bound is too large: %x
array subscript out of range
array subscript in assignment must not be null
array subscript must have type integer
invalid array flags
multidimensional arrays must have array expressions with matching dimensions
multidimensional arrays must have sub-arrays with matching dimensions
cannot accumulate arrays of different dimensionality
cannot accumulate empty arrays
cannot accumulate null arrays
cannot concatenate incompatible arrays
number of array dimensions (%x) exceeds the maximum allowed (%d)
number of array dimensions exceeds the maximum allowed (%d)
dimension array or low bound array cannot be null
dimension values cannot be null
null array element not allowed in this context
null value cannot be assigned to variable "%n" declared NOT NULL
range lower bound must be less than or equal to range upper bound
range constructor flags argument must not be null
invalid range bound flags
result of range difference would not be contiguous
result of range union would not be contiguous
value too long for type %t
value too long for type bit varying(%d)
bit string length %x does not match type bit(%d)
bit string too long for type bit varying(%d)
cannot AND bit strings of different sizes
cannot OR bit strings of different sizes
cannot XOR bit strings of different sizes
new bit must be 0 or 1
length for type %t must be at least 1
length for type %t cannot exceed %d
negative substring length not allowed
requested length too large
requested character too large for encoding: %x
requested character not valid for encoding: %x
character number must be positive
null character not permitted
field position must not be zero
string is not a valid identifier: "%x"
string is too long for tsvector (%x bytes, max %x bytes)
word is too long (%x bytes, max %x bytes)
syntax error in tsquery: "%x"
syntax error in tsvector: "%x"
no operand in tsquery: "%x"
cannot take logarithm of zero
cannot take logarithm of a negative number
cannot take square root of a negative number
a negative number raised to a non-integer power yields a complex result
zero raised to a negative power is undefined
input is out of range
count must be greater than zero
lower and upper bounds must be finite
lower bound cannot equal upper bound
operand, lower bound, and upper bound cannot be NaN
step size cannot equal zero
step size cannot be infinite
step size cannot be NaN
start value cannot be infinity
start value cannot be NaN
stop value cannot be infinity
stop value cannot be NaN
LIMIT must not be negative
OFFSET must not be negative
argument of ntile must be greater than zero
argument of nth_value must be greater than zero
frame starting offset must not be negative
frame starting offset must not be null
frame ending offset must not be negative
frame ending offset must not be null
invalid preceding or following size in window function
percentile value %x is not between 0 and 1
sample percentage must be between 0 and 100
TABLESAMPLE parameter cannot be null
TABLESAMPLE REPEATABLE parameter cannot be null
cannot convert infinity to %t
cannot convert NaN to %t
cannot subtract infinite timestamps
cannot subtract infinite dates
cannot cast jsonb null to type %t
cannot cast jsonb string to type %t
cannot cast jsonb array to type %t
cannot cast jsonb object to type %t
cannot cast jsonb boolean to type %t
cannot cast jsonb numeric to type %t
cannot cast jsonb array or object to type %t
cannot get array length of a scalar
cannot get array length of a non-array
cannot call %t on a scalar
cannot call %t on a non-object
cannot call %t on an array
cannot call %t on an object
cannot call %t with path deeper than one level
cannot deconstruct a scalar
cannot deconstruct an array as an object
cannot extract elements from a scalar
cannot extract elements from an object
cannot delete from scalar
cannot delete from object using integer index
cannot set path in scalar
cannot replace existing key
path element at position %d is null
path element at position %d is not an integer: "%x"
argument %d cannot be null
argument list must have even number of elements
key value must be scalar, not array, composite, or json
field name must not be null
null value not allowed for object key
duplicate JSON object key value
duplicate JSON key %x
mismatched array dimensions
array must have two columns
array must have even number of elements
wrong number of array subscripts
expected JSON array
jsonb subscript in assignment must not be null
unsupported Unicode escape sequence
total size of jsonb object elements exceeds the maximum of %d bytes
JSON object does not contain key "%x"
jsonpath array accessor can only be applied to an array
jsonpath array subscript is out of bounds
jsonpath array subscript is not a single numeric value
jsonpath member accessor can only be applied to an object
jsonpath wildcard array accessor can only be applied to an array
jsonpath wildcard member accessor can only be applied to an object
single boolean result is expected
could not find jsonpath variable "%x"
"vars" argument is not an object
LIKE pattern must not end with escape character
no collation was derived for column "%n" with collatable type %t
nextval: reached maximum value of sequence "%n" (%x)
nextval: reached minimum value of sequence "%n" (%x)
setval: value %x is out of bounds for sequence "%n" (%x..%x)
currval of sequence "%n" is not yet defined in this session
lastval is not yet defined in this session
character with byte sequence %x in encoding "%t" has no equivalent in encoding "%t"
unterminated format() type specifier
unrecognized format() type specifier "%x"
too few arguments for format()
null values cannot be formatted as an SQL identifier
conflicting values for "%x" field in formatting string
hour "%x" is invalid for the 12-hour clock
source string too short for "%x" formatting field
cannot calculate day of year without year information
missing data for column "%n"
extra data after last expected column
unquoted carriage return found in data
unquoted newline found in data
literal carriage return found in data
literal newline found in data
unterminated CSV quoted field
end-of-copy marker corrupt
end-of-copy marker does not match previous newline style
unexpected EOF in COPY data
COPY file signature not recognized
invalid COPY file header (missing flags)
row field count is %d, expected %d
column name mismatch in header line field %d: got "%x", expected "%n"
wrong number of fields in header line: got %d, expected %d
invalid byte value
zero-length delimited identifier
multidimensional arrays must have sub-arrays with matching dimensions
`;
