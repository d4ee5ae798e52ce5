import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';
import { asError, type Mistake } from '../../shared/errors.ts';
import { interpolate, type Lookup } from './interpolate.ts';

/** Where a value stands: `['plan', 3, 'sql']`. */
export type KeyPath = readonly PropertyKey[];

const SHOWN_LENGTH = 60;

/** rehearsal.yaml as a value, with what is needed to say where something stands and how the author wrote it. */
export class YamlSource {
  /** Every `${NAME}` replaced. Undefined where the text is not YAML; then `mistakes` says why. */
  readonly value: unknown;
  readonly mistakes: Mistake[] = [];
  /** The values that came from outside, by name. */
  readonly environment: Record<string, string> = {};
  readonly #file: string;
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  /** Scalars with `${NAME}` as the author wrote them: their values must not be shown. */
  readonly #written = new Map<unknown, string>();
  /** Scalars with a name that is not set. */
  readonly #unresolved = new Set<unknown>();

  constructor(text: string, file: string, lookup: Lookup) {
    this.#text = text;
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    if (!this.#checkSyntax()) return;
    const loose: Alias[] = [];
    visit(this.#document, {
      Scalar: (key, node, ancestors) => {
        if (typeof node.value === 'string' && node.value.includes('\0'))
          this.#mistake(node.range?.[0], keyText(pathOf([...ancestors, node])), 'holds a NUL character');
        else if (key !== 'key') this.#interpolate(node, [...ancestors, node], lookup);
      },
      Alias: (_key, node, ancestors) => {
        const target = node.resolve(this.#document);
        if (!target) loose.push(node);
        else if (isCommand([...ancestors, node]) && this.#written.has(target))
          this.#mistake(
            node.range?.[0],
            'command',
            'an alias brings a value into the command; write the command out here',
          );
      },
    });
    for (const { source, range } of loose)
      this.#mistake(range?.[0], '', `*${source} stands for nothing: there is no &${source} before it`);
    if (loose.length > 0) return;
    try {
      this.value = this.#document.toJS() as unknown;
    } catch (error) {
      this.#mistake(0, '', asError(error).message); // more aliases than anybody writes by hand
    }
  }

  /** Notes what the YAML parser found; false where its result cannot be used. */
  #checkSyntax(): boolean {
    const { errors, warnings, contents } = this.#document;
    const text = this.#text;
    for (const { code, pos } of errors) {
      if (code !== 'DUPLICATE_KEY') continue;
      const [key = ''] =
        /^("[^"]*"|'[^']*'|[^\s:{}[\],]+(?: +[^\s:{}[\],#]+)*)/.exec(text.slice(pos[0])) ?? [];
      this.#mistake(pos[0], '', `the key ${key} is there twice`);
    }
    // One slip makes the parser stumble over all that follows, so only the first is told.
    const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY') ?? warnings[0];
    if (first) {
      const isBare = text.slice(first.pos[0] - 1, first.pos[0] + 1) === '${';
      const message = isBare ? 'inside { } and [ ] write "${NAME}" in quotes' : `not YAML: ${first.message}`;
      this.#mistake(first.pos[0], '', message);
      return false;
    }
    if (contents !== null) return true;
    this.#mistake(0, '', 'the file is empty; docs/config.md shows what it can hold');
    return false;
  }

  #interpolate(node: Scalar, nodes: readonly unknown[], lookup: Lookup): void {
    if (typeof node.value !== 'string' || !node.value.includes('${')) return;
    const written = node.value;
    const placing = isCommand(nodes) ? 'shell' : 'value';
    const { text, used, mistakes } = interpolate(written, lookup, placing);
    for (const { name, message } of mistakes) {
      const at = this.#text.indexOf(`\${${name}`, node.range?.[0]);
      this.#mistake(at, keyText(pathOf(nodes)), message);
      this.#unresolved.add(node);
    }
    Object.assign(this.environment, used);
    if (text !== written) this.#written.set(node, written);
    node.value = text;
  }

  #mistake(offset: number | undefined, key: string, message: string): void {
    const { line } = this.#lines.linePos(Math.max(offset ?? 0, 0));
    this.mistakes.push({ file: this.#file, line, key, message });
  }

  /** Line from 1 of a value (of its key where the value is a map, a list or empty), or of what would hold it. */
  line(path: KeyPath): number {
    let node: unknown = this.#document.contents;
    let best: unknown = node;
    for (const [index, name] of path.entries()) {
      const { key, value } = child(this.#resolved(node), name);
      if (key === undefined && value === undefined) break;
      node = value;
      const isLast = index === path.length - 1;
      const ownLine = isScalar(value) && value.value !== null && isLast;
      best = ownLine || key === undefined ? value : key;
    }
    const range = isScalar(best) || isCollection(best) || isAlias(best) ? best.range : undefined;
    return range && path.length > 0 ? this.#lines.linePos(range[0]).line : 1;
  }

  /** A value as a message may quote it: shortened, and by its `${NAME}` where it came from outside. */
  shown(path: KeyPath): string {
    const node = this.#at(path);
    if (isMap(node)) return 'a map';
    if (isSeq(node)) return 'a list';
    if (isScalar(node) && node.value === null) return 'an empty value';
    const text = this.written(path);
    if (text === undefined) return 'this';
    return text.trim() === '' ? 'an empty text' : shorten(text);
  }

  /** A scalar as the author wrote it, with its `${NAME}`; undefined where there is none. */
  written(path: KeyPath): string | undefined {
    const node = this.#at(path);
    if (!isScalar(node)) return undefined;
    return this.#written.get(node) ?? (typeof node.value === 'string' ? node.value : node.source);
  }

  /** The value names something that is set nowhere. */
  isUnresolved(path: KeyPath): boolean {
    return this.#unresolved.has(this.#at(path));
  }

  /** The value came, in whole or part, from outside, or that cannot be told (a merged map). */
  isSecret(path: KeyPath): boolean {
    const node = this.#at(path);
    return node === undefined ? this.#written.size > 0 : this.#written.has(node);
  }

  #at(path: KeyPath): unknown {
    return path.reduce<unknown>(
      (node, name) => this.#resolved(child(node, name).value),
      this.#resolved(this.#document.contents),
    );
  }

  #resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return isScalar(node) || isCollection(node) ? node : undefined;
  }
}

/** What a shell is given, which reads the names from its environment: values in its text would be code, and stand in `ps`. */
function isCommand(nodes: readonly unknown[]): boolean {
  return pathOf(nodes).at(-1) === 'command';
}

/** `plan[3].sql` */
export function keyText(path: KeyPath): string {
  return path
    .map((name, index) =>
      typeof name === 'number' ? `[${name}]` : `${index === 0 ? '' : '.'}${String(name)}`,
    )
    .join('');
}

/** The path of the last node, from the root down. */
function pathOf(nodes: readonly unknown[]): KeyPath {
  return nodes.flatMap<string | number>((node, index) => {
    if (isPair(node)) return [String(isScalar(node.key) ? node.key.value : node.key)];
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : [];
  });
}

function child(node: unknown, name: PropertyKey): { key?: unknown; value?: unknown } {
  if (isSeq(node)) return { value: node.items[Number(name)] };
  if (!isMap(node)) return {};
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return pair ? { key: pair.key, value: pair.value } : {};
}

function shorten(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const characters = Array.from(first.trimEnd());
  const cut = characters.length > SHOWN_LENGTH || rest.length > 0;
  return cut ? `${characters.slice(0, SHOWN_LENGTH).join('')}…` : first;
}
