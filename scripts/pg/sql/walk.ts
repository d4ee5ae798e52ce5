/** Every node below a part of PostgreSQL's parse tree, with its kind, from the outside in. */
export function* walk(part: unknown): Generator<[kind: string, node: Record<string, unknown>]> {
  if (Array.isArray(part)) {
    for (const one of part) yield* walk(one);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  for (const [kind, node] of Object.entries(part as Record<string, unknown>)) {
    if (typeof node !== 'object' || node === null) continue;
    if (!Array.isArray(node)) yield [kind, node as Record<string, unknown>];
    yield* walk(node);
  }
}
