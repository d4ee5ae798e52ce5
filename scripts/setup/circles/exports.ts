import { posix } from 'node:path';
import ts from 'typescript';

/** A file by its path from the project's folder, with its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** The file's whole content is taken: by `import * as`, `export *` or `import()`. */
const ALL = '*';

/** `path: name` of each export that no other of the sources takes. */
export function exportsWithoutImport(sources: readonly Source[]): string[] {
  const read = sources.map(namesIn);
  const taken = new Map<string, Set<string>>();
  for (const { path, name } of read.flatMap(({ takes }) => takes)) {
    taken.set(path, (taken.get(path) ?? new Set()).add(name));
  }
  return read.flatMap(({ path, gives }) => {
    const names = taken.get(path) ?? new Set();
    return names.has(ALL) ? [] : gives.filter((name) => !names.has(name)).map((name) => `${path}: ${name}`);
  });
}

interface Names {
  readonly path: string;
  readonly gives: readonly string[];
  readonly takes: readonly { readonly path: string; readonly name: string }[];
}

function namesIn({ path, text }: Source): Names {
  const gives: string[] = [];
  const takes: { path: string; name: string }[] = [];
  const take = (from: ts.Node | undefined, names: readonly string[]): void => {
    if (!from || !ts.isStringLiteralLike(from) || !from.text.startsWith('.')) return;
    const target = posix.join(posix.dirname(path), from.text);
    for (const name of names) takes.push({ path: target, name });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, importedNames(node.importClause));
    else if (ts.isExportDeclaration(node)) {
      const elements = elementsOf(node.exportClause);
      take(node.moduleSpecifier, elements?.map(formerName) ?? [ALL]);
      gives.push(...(elements ?? []).map(({ name }) => name.text));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      take(node.arguments[0], [ALL]);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      take(node.argument.literal, [ALL]);
    } else gives.push(...declaredNames(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return { path, gives, takes };
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const own = clause?.name ? ['default'] : [];
  const bindings = clause?.namedBindings;
  if (!bindings) return own;
  return [...own, ...(ts.isNamespaceImport(bindings) ? [ALL] : bindings.elements.map(formerName))];
}

function elementsOf(clause: ts.NamedExportBindings | undefined): ts.ExportSpecifier[] | undefined {
  return clause && ts.isNamedExports(clause) ? [...clause.elements] : undefined;
}

/** `a` of `a as b`. */
function formerName({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (propertyName ?? name).text;
}

/** What a declaration with `export` before it gives. A `default` is for programs that are told the file. */
function declaredNames(node: ts.Node): string[] {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const has = (kind: ts.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
  if (!has(ts.SyntaxKind.ExportKeyword) || has(ts.SyntaxKind.DefaultKeyword)) return [];
  const named = ts.isVariableStatement(node)
    ? node.declarationList.declarations
    : [node as ts.DeclarationStatement];
  return named.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
}
