import type { ColumnType } from '../columns/column-type.ts';
import type { PersonalKind } from './kinds.ts';
import { kindByName } from './name-words.ts';
import { PATTERNS } from './value-patterns.ts';

const LONGEST_LOOKED_AT = 4096;
/** Of JSON (`"key": …`) and of hstore (`"key"=>…`). */
const KEY = /"((?:[^"\\]|\\.){1,64})"\s*(?::|=>)/g;
/** Of an element or an attribute of XML. */
const XML_NAME = /<([\p{L}_][\p{L}\d_.-]{0,64})|\s([\p{L}_][\p{L}\d_.-]{0,64})\s*=\s*["']/gu;

/** Why a column looks personal. Holds no value. */
export interface Evidence {
  readonly kind: PersonalKind;
  /** Such as `by its name`, or `12 of 300 values`. */
  readonly why: string;
  /** Half of its values or more are nothing but that. */
  readonly isWhole: boolean;
}

interface LookedAt {
  readonly table: string;
  readonly column: string;
  readonly type: ColumnType;
  /** Somebody has said that its values are to be masked. */
  readonly isLabelled: boolean;
}

/** Gathers what a column's name and a sample of its values say. */
export class ColumnEvidence {
  readonly #type: ColumnType;
  readonly #byName: PersonalKind | undefined;
  readonly #attribute: { readonly kind: PersonalKind; readonly why: string } | undefined;
  readonly #isLabelled: boolean;
  readonly #matches = PATTERNS.map(() => 0);
  /** Of JSON, hstore and XML: what the first key says that says something. A key may be data itself, so it is not told. */
  #key: PersonalKind | undefined;
  #values = 0;

  constructor({ table, column, type, isLabelled }: LookedAt) {
    this.#type = type;
    this.#isLabelled = isLabelled;
    this.#byName = kindByName(column, table, type.class);
    this.#attribute = personalAttribute(type);
  }

  /** Looks at one value that is not NULL. */
  see(value: string): void {
    const { class: type } = this.#type;
    if (type === 'boolean' || value === '') return;
    this.#values += 1;
    const shortened = value.length > LONGEST_LOOKED_AT ? value.slice(0, LONGEST_LOOKED_AT) : value;
    const text = this.#type.shown === 'bytea' ? textOfBytes(shortened) : undefined;
    const [looked, as] = text === undefined ? [shortened, type] : [text, 'text' as const];
    PATTERNS.forEach(({ types, matches }, index) => {
      if (types.includes(as) && matches(looked)) this.#matches[index] = (this.#matches[index] ?? 0) + 1;
    });
    this.#key ??= personalKey(looked, this.#type.shown === 'xml' ? [KEY, XML_NAME] : [KEY]);
  }

  /** What of it speaks most; undefined = nothing does. */
  verdict(): Evidence | undefined {
    const share = (index: number): number => (this.#matches[index] ?? 0) / this.#values;
    const found = PATTERNS.findIndex(
      ({ leastShare }, index) => (this.#matches[index] ?? 0) > 0 && share(index) >= leastShare,
    );
    const pattern = PATTERNS[found];
    if (this.#isLabelled && pattern === undefined)
      return { kind: 'labelled so', why: 'to be masked', isWhole: false };
    if (this.#byName !== undefined && pattern === undefined)
      return { kind: this.#byName, why: 'by its name', isWhole: this.#type.class !== 'json' };
    if (pattern !== undefined) {
      const why = `${this.#matches[found] ?? 0} of ${this.#values} values looked at`;
      return { kind: pattern.kind, why, isWhole: share(found) >= 0.5 && this.#type.class !== 'json' };
    }
    if (this.#attribute !== undefined) return { ...this.#attribute, isWhole: false };
    if (this.#key === undefined) return undefined;
    return { kind: this.#key, why: 'by a key in it', isWhole: false };
  }
}

function personalKey(value: string, patterns: readonly RegExp[]): PersonalKind | undefined {
  for (const pattern of patterns)
    for (const [, name, other = ''] of value.matchAll(pattern)) {
      const kind = kindByName(name ?? other, '', 'text');
      if (kind !== undefined) return kind;
    }
  return undefined;
}

/** Of a composite type. */
function personalAttribute({ attributes = [] }: ColumnType): { kind: PersonalKind; why: string } | undefined {
  for (const { name, type } of attributes) {
    const kind = kindByName(name, '', type.class);
    if (kind !== undefined) return { kind, why: `by its attribute ${name}` };
    const inside = personalAttribute(type);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Bytes that are a text; undefined = they are none. */
function textOfBytes(value: string): string | undefined {
  if (!value.startsWith('\\x')) return value;
  const bytes = Buffer.from(value.slice(2, 2 + ((value.length - 2) & ~1)), 'hex');
  const text = bytes.toString('utf8');
  // A cut may go through the last symbol.
  return /[\0\ufffd]/.test(text.slice(0, -1)) ? undefined : text;
}
