/** A regular expression as far as texts can be written by it. */
export type Part =
  | { readonly type: 'letters'; readonly letters: readonly string[] }
  | { readonly type: 'sequence'; readonly parts: readonly Part[] }
  | { readonly type: 'either'; readonly parts: readonly Part[] }
  | { readonly type: 'repeat'; readonly part: Part; readonly least: number; readonly most: number };

const LOWER = Array.from('abcdefghijklmnopqrstuvwxyz');
const UPPER = LOWER.map((letter) => letter.toUpperCase());
const DIGITS = Array.from('0123456789');
const PLAIN = [...LOWER, ...DIGITS];
const ESCAPES: Readonly<Record<string, readonly string[]>> = {
  d: DIGITS,
  w: PLAIN,
  s: [' '],
  D: LOWER,
  S: PLAIN,
  W: ['-'],
};
const NAMED: Readonly<Record<string, readonly string[]>> = {
  alpha: LOWER,
  lower: LOWER,
  upper: UPPER,
  digit: DIGITS,
  alnum: PLAIN,
  xdigit: [...DIGITS, ...LOWER.slice(0, 6)],
  space: [' '],
  punct: ['-', '_', '.'],
};

/** Undefined of what has more than letters, classes, groups, alternatives, counts and anchors at its ends. */
export function parsePattern(pattern: string): Part | undefined {
  try {
    return new PatternReader(pattern).whole();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Unknown extends Error {}

class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  whole(): Part {
    const part = this.#either();
    if (this.#at < this.#pattern.length) throw new Unknown();
    return part;
  }

  get #next(): string {
    return this.#pattern[this.#at] ?? '';
  }

  #take(): string {
    const next = this.#next;
    if (next === '') throw new Unknown();
    this.#at += 1;
    return next;
  }

  #either(): Part {
    const parts = [this.#sequence()];
    while (this.#next === '|') {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { type: 'either', parts };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#next !== '' && this.#next !== '|' && this.#next !== ')') {
      // What has no anchor at an end may be longer there, and need not be.
      if (this.#next === '^' || this.#next === '$') this.#at += 1;
      else parts.push(this.#counted(this.#one()));
    }
    return { type: 'sequence', parts };
  }

  #counted(part: Part): Part {
    let [least, most] = [1, 1];
    const next = this.#next;
    if (next === '*') [least, most] = [0, Infinity];
    else if (next === '+') [least, most] = [1, Infinity];
    else if (next === '?') [least, most] = [0, 1];
    else if (next === '{') {
      const found = /^\{(\d+)(,)?(\d+)?\}/.exec(this.#pattern.slice(this.#at));
      if (found === null) throw new Unknown();
      least = Number(found[1]);
      most = found[2] === undefined ? least : found[3] === undefined ? Infinity : Number(found[3]);
      this.#at += found[0].length - 1;
    } else return part;
    this.#at += 1;
    if (this.#next === '?' || this.#next === '+') this.#at += 1;
    return { type: 'repeat', part, least, most };
  }

  #one(): Part {
    const letter = this.#take();
    if (letter === '(') {
      if (this.#next === '?') {
        this.#at += 1;
        if (this.#take() !== ':') throw new Unknown();
      }
      const part = this.#either();
      if (this.#take() !== ')') throw new Unknown();
      return part;
    }
    if (letter === '[') return letters(this.#class());
    if (letter === '.') return letters(PLAIN);
    if (letter === '\\') {
      const escaped = this.#take();
      const known = ESCAPES[escaped];
      if (known === undefined && /[A-Za-z0-9]/.test(escaped)) throw new Unknown();
      return letters(known ?? [escaped]);
    }
    return letters([letter]);
  }

  #class(): readonly string[] {
    const isNot = this.#next === '^';
    if (isNot) this.#at += 1;
    const found = new Set<string>();
    for (let first = true; first || this.#next !== ']'; first = false) {
      if (this.#pattern.startsWith('[:', this.#at)) {
        const end = this.#pattern.indexOf(':]', this.#at);
        const named = NAMED[this.#pattern.slice(this.#at + 2, end)];
        if (end < 0 || named === undefined) throw new Unknown();
        for (const letter of named) found.add(letter);
        this.#at = end + 2;
        continue;
      }
      const from = this.#classLetters();
      if (this.#next === '-' && this.#pattern[this.#at + 1] !== ']' && from.length === 1) {
        this.#at += 1;
        const [to = ''] = this.#classLetters();
        for (let code = from[0]?.charCodeAt(0) ?? 0; code <= to.charCodeAt(0); code += 1)
          found.add(String.fromCharCode(code));
      } else for (const letter of from) found.add(letter);
    }
    this.#at += 1;
    if (!isNot) return [...found];
    const others = [...PLAIN, ...UPPER, '-', '_'].filter((letter) => !found.has(letter));
    if (others.length === 0) throw new Unknown();
    return others;
  }

  #classLetters(): readonly string[] {
    const letter = this.#take();
    if (letter !== '\\') return [letter];
    const escaped = this.#take();
    return ESCAPES[escaped] ?? [escaped];
  }
}

function letters(of: readonly string[]): Part {
  return { type: 'letters', letters: of };
}
