/** A text of the author's, and what undoes what it does to the whole cluster. */
export interface Row {
  readonly name: string;
  readonly sql: string;
  readonly undo?: string;
}

export const row = (name: string, sql: string, undo?: string): Row => ({
  name,
  sql,
  ...(undo === undefined ? {} : { undo }),
});
