import type { ColumnType } from '../columns/column-type.ts';
import type { PersonalKind } from './kinds.ts';
import { kindByName } from './name-words.ts';
import { PATTERNS } from './value-patterns.ts';

const LONGEST_LOOKED_AT = 4096;
const JSON_KEY = /"((?:[^"\\]|\\.){1,64})"\s*:/g;

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
  readonly #isLabelled: boolean;
  readonly #matches = PATTERNS.map(() => 0);
  /** Of JSON: what the first key says that says something. A key may be data itself, so it is not told. */
  #key: PersonalKind | undefined;
  #values = 0;

  constructor({ table, column, type, isLabelled }: LookedAt) {
    this.#type = type;
    this.#isLabelled = isLabelled;
    this.#byName = kindByName(column, table, type.class);
  }

  /** Looks at one value that is not NULL. */
  see(value: string): void {
    const { class: type } = this.#type;
    if (type === 'boolean' || value === '') return;
    this.#values += 1;
    const looked = value.length > LONGEST_LOOKED_AT ? value.slice(0, LONGEST_LOOKED_AT) : value;
    PATTERNS.forEach(({ types, matches }, index) => {
      if (types.includes(type) && matches(looked)) this.#matches[index] = (this.#matches[index] ?? 0) + 1;
    });
    if (this.#key === undefined && looked.includes('"')) this.#key = personalKey(looked);
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
    if (this.#key === undefined) return undefined;
    return { kind: this.#key, why: 'by a key in it', isWhole: false };
  }
}

function personalKey(json: string): PersonalKind | undefined {
  for (const [, name = ''] of json.matchAll(JSON_KEY)) {
    const kind = kindByName(name, '', 'text');
    if (kind !== undefined) return kind;
  }
  return undefined;
}
