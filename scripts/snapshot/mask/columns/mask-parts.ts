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
  return NEEDS_QUOTES.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
