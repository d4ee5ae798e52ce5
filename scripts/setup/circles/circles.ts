import type { Import } from './imports.ts';

/** Nodes that need each other, and the imports that make it so. */
interface Circle {
  /** `files`, or the folder in which they lie side by side. */
  readonly level: string;
  /** The way round; the first is its last as well. */
  readonly way: readonly string[];
  /** One import for each step of the way. */
  readonly because: readonly Import[];
}

/** Of one level, by node and by the node that it needs: an import that shows it. */
type Graph = Map<string, Map<string, Import>>;

/** Where imports go round: among all files, and in each folder among the folders side by side in it. */
export function findCircles(imports: readonly Import[]): Circle[] {
  return [...levelsOf(imports)].flatMap(([level, graph]) =>
    waysRound(graph).map((way) => ({
      level,
      way,
      because: way.slice(1).flatMap((to, index) => graph.get(way[index] ?? '')?.get(to) ?? []),
    })),
  );
}

function levelsOf(imports: readonly Import[]): Map<string, Graph> {
  const levels = new Map<string, Graph>();
  const note = (level: string, from: string, to: string, because: Import): void => {
    const graph: Graph = levels.get(level) ?? new Map<string, Map<string, Import>>();
    levels.set(level, graph.set(from, (graph.get(from) ?? new Map<string, Import>()).set(to, because)));
  };
  for (const one of imports) {
    note('files', one.from, one.to, one);
    const from = one.from.split('/');
    const to = one.to.split('/');
    const apart = from.findIndex((part, index) => part !== to[index]);
    // The last part is a file's name; nothing in common are two of the project's own parts, and lint holds those.
    if (apart < 1 || apart >= from.length - 1 || apart >= to.length - 1) continue;
    note(from.slice(0, apart).join('/'), from[apart] ?? '', to[apart] ?? '', one);
  }
  return levels;
}

/** One for each edge that leads back to where the way came from. */
function waysRound(graph: Graph): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, way: readonly string[]): void => {
    if (way.includes(node)) found.push([...way.slice(way.indexOf(node)), node]);
    if (done.has(node)) return;
    done.add(node);
    for (const next of graph.get(node)?.keys() ?? []) visit(next, [...way, node]);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
