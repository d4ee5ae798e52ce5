/** What a column holds, as far as masking has to know it. */
export type TypeClass =
  | 'text'
  | 'json'
  | 'integer'
  | 'number'
  | 'uuid'
  | 'hex'
  | 'inet'
  | 'date'
  | 'boolean'
  | 'hstore'
  | 'record'
  | 'other';

export interface ColumnType {
  readonly class: TypeClass;
  /** As messages call it, such as `character varying(40)[]`. */
  readonly shown: string;
  readonly isArray: boolean;
  /** Most characters of a text; undefined where there is no limit. */
  readonly limit?: number;
  /** Of an integer. */
  readonly largest?: bigint;
  /** Of a record, in the order in which it is written. */
  readonly attributes?: readonly Attribute[];
}

export interface Attribute {
  readonly name: string;
  readonly type: ColumnType;
}

const CLASSES: Readonly<Record<string, TypeClass>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  citext: 'text',
  json: 'json',
  jsonb: 'json',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  uuid: 'uuid',
  bytea: 'hex',
  macaddr: 'hex',
  macaddr8: 'hex',
  inet: 'inet',
  date: 'date',
  timestamp: 'date',
  timestamptz: 'date',
  bool: 'boolean',
  hstore: 'hstore',
};

const LARGEST: Readonly<Record<string, bigint>> = {
  int2: 32_767n,
  int4: 2_147_483_647n,
  int8: 9_223_372_036_854_775_807n,
};

/** The names of PostgreSQL's grammar for them are the ones of its catalog. */
const SHOWN: Readonly<Record<string, string>> = {
  varchar: 'character varying',
  bpchar: 'character',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
};

/** Of a composite type, or the rows of a table. */
export function recordType(shown: string, attributes: readonly Attribute[]): ColumnType {
  return { class: 'record', shown, isArray: false, attributes };
}

/** A column whose table the snapshot does not make: COPY takes text for every type. */
export const UNKNOWN_TYPE: ColumnType = { class: 'text', shown: 'unknown', isArray: false };

/**
 * @param name of the type without its schema, as the parser tells it
 * @param limit its first modifier
 */
export function columnType(name: string, isArray: boolean, limit?: number): ColumnType {
  const typeClass = CLASSES[name] ?? 'other';
  const size = limit === undefined || typeClass !== 'text' ? '' : `(${limit})`;
  const largest = LARGEST[name];
  return {
    class: typeClass,
    shown: `${SHOWN[name] ?? name}${size}${isArray ? '[]' : ''}`,
    isArray,
    ...(typeClass === 'text' && limit !== undefined && { limit }),
    ...(largest !== undefined && { largest }),
  };
}
