const secrets = new Set<string>();
/** Longest first, so that a secret inside another one does not leave half of it behind. */
let longestFirst: readonly string[] = [];
const SHORTEST_SECRET = 4;
const HIDDEN = '***';

/** Remembers a value (a password, a value of `.env`) that must never be printed. Very short values are left alone. */
export function registerSecret(value: string): void {
  if (value.length < SHORTEST_SECRET || secrets.has(value)) return;
  secrets.add(value);
  longestFirst = [...secrets].sort((a, b) => b.length - a.length);
}

/** `text` without registered secrets and without passwords inside connection strings. Takes time in proportion to its length. */
export function redact(text: string): string {
  let clean = withoutUrlPasswords(text).replace(
    /(passwo?r?d["']?\s{0,20}[=:]\s{0,20})('[^']*'?|"[^"]*"?|[^\s'"]+)/gi,
    `$1${HIDDEN}`,
  );
  for (const secret of longestFirst) clean = clean.replaceAll(secret, HIDDEN);
  return clean;
}

const SCHEME_END = '://';
const USER = /[^\s:/@]*(:?)/y;
/** The end of the host in a URL, or of the URL. */
const AFTER_HOST = /[/?#\s"']|$/g;

/**
 * `scheme://user:password@host`. A regular expression for the whole of it would look at the same text again from every place
 * where a scheme or a password could begin.
 */
function withoutUrlPasswords(text: string): string {
  const nextAt = nextOf(/@/g, text);
  const nextSpace = nextOf(/\s/g, text);
  let clean = '';
  let copied = 0;
  for (let scheme = text.indexOf(SCHEME_END); scheme !== -1;) {
    USER.lastIndex = scheme + SCHEME_END.length;
    const hasPassword = USER.exec(text)?.[1] === ':';
    const from = hasPassword ? USER.lastIndex : scheme + SCHEME_END.length;
    const first = hasPassword ? nextAt(from) : text.length;
    if (first < nextSpace(from)) {
      AFTER_HOST.lastIndex = first;
      clean += `${text.slice(copied, from)}${HIDDEN}`;
      copied = text.lastIndexOf('@', AFTER_HOST.exec(text)?.index); // a password may hold an @ that nobody encoded
    }
    scheme = text.indexOf(SCHEME_END, Math.max(from, copied));
  }
  return clean + text.slice(copied);
}

/** Where `pattern` is found next at or behind a place, else the text's end. The places asked for only grow. */
function nextOf(pattern: RegExp, text: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) {
      pattern.lastIndex = from;
      found = pattern.exec(text)?.index ?? text.length;
    }
    return found;
  };
}
