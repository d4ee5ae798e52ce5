/** Rows of one table as hashes of 64 bits, in any order. No value can be read from them. */
export interface HashedRows {
  /** Of the primary key; of a table that is compared as a bag, of the whole row. */
  readonly keys: BigInt64Array;
  /** Of what the app may write as well. */
  readonly gates: BigInt64Array;
  /** Of what the step writes. */
  readonly values: BigInt64Array;
}

/** What the two playings have to be compared by. */
export interface RowLooks {
  /** Keys before the plan; undefined where the app makes and removes no rows. */
  readonly start: ReadonlySet<bigint> | undefined;
  /** Right before the step in the quiet playing, and in the other one; undefined where the table, or a column, was not there. */
  readonly before: HashedRows | undefined;
  readonly cutBefore: HashedRows | undefined;
  /** Right behind the step in the quiet playing, and in the one in which it was cut off. */
  readonly quiet: HashedRows;
  readonly cut: HashedRows;
}

/** How many rows were compared, and how many were not as in the quiet playing. */
interface RowDifference {
  readonly compared: number;
  /** Rows that the app may have written in one of them, and those that were not alike before the step. */
  readonly setAside: number;
  /** All that are not alike, those left out among them. */
  readonly unlike: number;
  /** As before the step, or not there. */
  readonly leftOut: number;
}

/**
 * By the primary key. A row counts where what the app may write is what it was before the step, in both playings; one that stands
 * in only one of them where the app makes and removes none.
 */
export function compareByKey({ start, before, cutBefore, quiet, cut }: RowLooks): RowDifference {
  const was = placesOf(before);
  const wasInCut = placesOf(cutBefore);
  const now = placesOf(cut);
  let [compared, setAside, unlike, leftOut] = [0, 0, 0, 0];
  quiet.keys.forEach((key, at) => {
    const old = was.get(key);
    const own = now.get(key);
    now.delete(key);
    const isFirst = old === undefined || before === undefined;
    const gate = isFirst ? quiet.gates[at] : before.gates[old];
    const isCalm = quiet.gates[at] === gate && (own === undefined || cut.gates[own] === gate);
    const oldInCut = wasInCut.get(key);
    const wasUnlike =
      cutBefore !== undefined &&
      before !== undefined &&
      (oldInCut === undefined ? undefined : cutBefore.values[oldInCut]) !==
        (old === undefined ? undefined : before.values[old]);
    const mayBeOfApp = start !== undefined && (own === undefined || isFirst || !start.has(key));
    if (mayBeOfApp || wasUnlike || !isCalm) {
      setAside += 1;
      return;
    }
    compared += 1;
    const value = own === undefined ? undefined : cut.values[own];
    if (value === quiet.values[at]) return;
    unlike += 1;
    if (own === undefined || (!isFirst && value === before.values[old])) leftOut += 1;
  });
  const more = [...now.keys()].filter((key) => !wasInCut.has(key)).length;
  return start !== undefined
    ? { compared, setAside: setAside + more, unlike, leftOut }
    : { compared: compared + more, setAside, unlike: unlike + more, leftOut };
}

/** Without a key: by how many of each the step changed the rows that are there. Only of tables that the app does not write. */
export function compareAsBag({ before, cutBefore, quiet, cut }: Omit<RowLooks, 'start'>): RowDifference {
  const counts = new Map<bigint, number>();
  const add = (rows: HashedRows | undefined, many: number): void => {
    for (const key of rows?.keys ?? []) counts.set(key, (counts.get(key) ?? 0) + many);
  };
  add(quiet, 1);
  add(before, -1);
  add(cut, -1);
  add(cutBefore, 1);
  let [fewer, more] = [0, 0];
  for (const count of counts.values()) {
    if (count > 0) fewer += count;
    else more -= count;
  }
  const unlike = Math.max(fewer, more);
  return { compared: quiet.keys.length, setAside: 0, unlike, leftOut: Math.max(0, fewer - more) };
}

function placesOf(rows: HashedRows | undefined): Map<bigint, number> {
  const places = new Map<bigint, number>();
  rows?.keys.forEach((key, at) => places.set(key, at));
  return places;
}
