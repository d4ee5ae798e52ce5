/** What is put in place of a column's values. */
export type MaskRule =
  /** Letters for letters and digits for digits: another value of the same shape; no two values become one. */
  | { readonly kind: 'scramble' }
  /** As scramble, and the domain ends with `.test`, where no mail arrives. */
  | { readonly kind: 'email' }
  /** 32 hexadecimal digits. */
  | { readonly kind: 'hash' }
  | { readonly kind: 'null' }
  /** The same text in every row. */
  | { readonly kind: 'value'; readonly text: string }
  /** Dates go to the first day or moment of it. */
  | { readonly kind: 'generalise'; readonly to: DatePart }
  /** Numbers go down to a multiple of it. */
  | { readonly kind: 'round'; readonly to: number };

export const DATE_PARTS = ['year', 'month', 'day'] as const;
type DatePart = (typeof DATE_PARTS)[number];

/** A column of a table as the snapshot calls it, without quotes. */
export interface ColumnName {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

interface Written {
  readonly at: ColumnName;
  /** As it stands in the file. */
  readonly written: string;
  /** Counts from 1. */
  readonly line: number | undefined;
}

/** What `snapshot.mask` names, read. */
export interface MaskRules {
  /** The file as messages call it. */
  readonly shown: string;
  /** sha256 of what the file says, in hex. */
  readonly sha256: string;
  readonly columns: readonly (Written & { readonly rule: MaskRule })[];
  /** They look personal and are not: they go in as they are. */
  readonly keep: readonly Written[];
}
