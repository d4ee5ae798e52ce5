import type { Node } from 'libpg-query';

/** Statements whose parameters get their values from themselves: those of EXECUTE, or of the function's caller. */
const WITH_OWN_PARAMETERS: ReadonlySet<string> = new Set(['PrepareStmt', 'CreateFunctionStmt']);

/**
 * How many places of a statement hold a parameter such as `$1` that whoever sends it has to give (PostgreSQL answers 42P02
 * where nobody does). A place counts once, also where the parse tree holds it several times, as `SET (a, b) = (…)` does.
 */
export function parameterPlaces(statement: Node): number {
  if (WITH_OWN_PARAMETERS.has(Object.keys(statement)[0] ?? '')) return 0;
  const places = new Set<number>();
  visit(statement, places);
  return places.size;
}

function visit(value: unknown, places: Set<number>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('ParamRef' in value) places.add(locationOf(value.ParamRef));
  for (const each of Object.values(value)) visit(each, places);
}

/** Of the statement's first byte it is left out. */
function locationOf(parameter: unknown): number {
  const { location } = parameter as { readonly location?: number };
  return location ?? 0;
}
