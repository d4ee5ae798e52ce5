import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

const CHECKS = join(import.meta.dirname, '..', '..', '..', 'scripts', 'checks');
/** Shorter ones are parts of sentences. */
const LEAST = 40;

/** Every sentence of the checks' sources that can come to be an advice, its parameters as `x`. */
export async function toldAdvice(): Promise<string[]> {
  const files = (await readdir(CHECKS, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const texts = await Promise.all(files.map((name) => readFile(join(CHECKS, name), 'utf8')));
  return [...new Set(texts.flatMap((text) => sentences(text)))].sort();
}

function sentences(text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node, isAdvice: boolean): void => {
    const own = written(node);
    if (isAdvice && own !== undefined) {
      if (own.length >= LEAST) found.push(own);
      return;
    }
    ts.forEachChild(node, (child) => {
      visit(child, isAdvice || givesAdvice(node, source));
    });
  };
  visit(source, false);
  return found;
}

/** `advice: …`, `instead: …`, `const advice = …`, `const SOME_ADVICE = …`, `function adviceOf() { … }` */
function givesAdvice(node: ts.Node, source: ts.SourceFile): boolean {
  const isNamed =
    ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);
  return isNamed && node.name !== undefined && /advi[cs]e|instead$/i.test(node.name.getText(source));
}

/** Of literals, templates and sums of them; undefined for all else. */
function written(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => `x${literal.text}`)].join('');
  if (ts.isParenthesizedExpression(node)) return written(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const parts = [node.left, node.right].map((part) => written(part) ?? 'x');
  return parts.join('');
}
