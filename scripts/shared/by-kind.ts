/** What is done with each kind of a union: a kind without its line does not compile. */
export type ByKind<U extends { readonly kind: string }, T> = {
  readonly [K in U['kind']]: (one: Extract<U, { readonly kind: K }>) => T;
};

/** What the table says for this one's kind. */
export function byKind<U extends { readonly kind: string }, T>(one: U, table: ByKind<U, T>): T {
  // The compiler does not follow that the line and the value are of the same kind.
  const line = table[one.kind as U['kind']] as (one: U) => T;
  return line(one);
}
