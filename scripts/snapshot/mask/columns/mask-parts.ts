/** A string or a number of JSON; keys are matched too, and told by the colon behind them. */
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Strings and numbers become others; keys, true, false, null and the layout stay. */
export function mapJson(
  json: string,
  text: (value: string) => string,
  number: (value: string) => string,
): string {
  return json.replace(JSON_TOKEN, (token, colon?: string) => {
    if (colon !== undefined) return token;
    if (!token.startsWith('"')) return number(token);
    return JSON.stringify(text(JSON.parse(token) as string));
  });
}

/** What an element may not hold outside of quotes (array_out). */
const NEEDS_QUOTES = /[",{}\\\s]|^$|^null$/i;
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^",{}]+)|[,{}]/gs;
/** `[0:2]={…}`: its bounds are not elements. */
const BOUNDS = /^(?:\[[-\d]+:[-\d]+\])+=/;

/** Each element of an array as array_out writes it becomes what `map` makes of it; NULL stays. */
export function mapArray(array: string, map: (value: string) => string | null): string {
  const bounds = BOUNDS.exec(array)?.[0] ?? '';
  return (
    bounds +
    array.slice(bounds.length).replace(ELEMENT, (token, quoted?: string, bare?: string) => {
      if (quoted !== undefined) return element(map(quoted.replace(/\\([^])/g, '$1')));
      if (bare === undefined || bare.trim().toUpperCase() === 'NULL') return token;
      return element(map(bare.trim()));
    })
  );
}

function element(value: string | null): string {
  if (value === null) return 'NULL';
  return NEEDS_QUOTES.test(value) ? inQuotes(value) : value;
}

/** What an attribute may not hold outside of quotes (record_out). */
const ATTRIBUTE_NEEDS_QUOTES = /[",()\\\s]|^$/;
const RECORD = /^\((.*)\)$/s;
/** An attribute with what ends it. */
const ATTRIBUTE = /((?:"(?:[^"\\]|""|\\[^])*"|\\[^]|[^",\\])*)(,|$)/gy;

/**
 * Each attribute of a row as record_out writes it becomes what its place in `maps` makes of it; NULL stays.
 * @throws RangeError for one that does not have as many
 */
export function mapRecord(record: string, maps: readonly ((value: string) => string | null)[]): string {
  const inside = RECORD.exec(record)?.[1];
  if (inside === undefined) throw new RangeError('a row is not in parentheses');
  if (maps.length === 0 && inside === '') return record;
  const made: string[] = [];
  let isRead = false;
  for (const [, written = '', end] of inside.matchAll(ATTRIBUTE)) {
    const map = maps[made.length];
    if (map === undefined) throw new RangeError('a row has more attributes than its type');
    const mapped = written === '' ? null : map(unquoted(written));
    made.push(mapped === null ? '' : attribute(mapped));
    isRead = end === '';
    if (isRead) break;
  }
  if (!isRead || made.length !== maps.length)
    throw new RangeError('a row does not have the attributes of its type');
  return `(${made.join(',')})`;
}

function unquoted(written: string): string {
  return written.replace(/"((?:[^"\\]|""|\\[^])*)"|\\([^])/g, (_all, quoted?: string, escaped?: string) =>
    quoted === undefined
      ? (escaped ?? '')
      : quoted.replace(/""|\\([^])/g, (_two, one?: string) => one ?? '"'),
  );
}

function attribute(value: string): string {
  return ATTRIBUTE_NEEDS_QUOTES.test(value) ? `"${value.replace(/["\\]/g, '$&$&')}"` : value;
}

const PAIR = /("(?:[^"\\]|\\[^])*"=>)(?:"((?:[^"\\]|\\[^])*)"|NULL)(?:, |$)/gy;

/** Values of an hstore become others; keys and NULL stay. @throws RangeError where it is not as hstore_out writes it */
export function mapHstore(hstore: string, map: (value: string) => string): string {
  let read = 0;
  const made = Array.from(hstore.matchAll(PAIR), ([all, key = '', value]) => {
    read += all.length;
    return key + (value === undefined ? 'NULL' : inQuotes(map(value.replace(/\\([^])/g, '$1'))));
  });
  if (read !== hstore.length) throw new RangeError('an hstore is not as it is written by PostgreSQL');
  return made.join(', ');
}

function inQuotes(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
