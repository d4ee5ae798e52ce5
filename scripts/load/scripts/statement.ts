import type { CommandList } from './command-list.ts';
import type { Report } from './directives.ts';
import { sqlFacts } from './sql-facts.ts';
import type { ScannedSql } from './sql-scanner.ts';

/** Adds a scanned statement to the script, with its variables as parameters in their order. */
export function readStatement(
  scanned: ScannedSql,
  line: number,
  lineAt: (offset: number) => number,
  commands: CommandList,
  report: Report,
): void {
  if (scanned.problem) {
    report(lineAt(scanned.problem.offset), scanned.problem.message);
    commands.statementBroken();
    return;
  }
  const parameters: string[] = [];
  let text = '';
  for (const part of scanned.parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    commands.use(part.variable, lineAt(part.offset));
    parameters.push(part.variable);
    text += `$${parameters.length}`;
  }
  text = text.trimEnd();
  if (text === '') return;
  const facts = sqlFacts(text);
  if (facts.problem) {
    const lines = text.slice(0, facts.problem.offset).split('\n').length - 1;
    report(line + lines, facts.problem.message);
    commands.statementBroken();
    return;
  }
  if (facts.parameters > parameters.length) {
    report(
      line,
      String.raw`a parameter such as $1 gets no value here: write a variable, as in \set id random(1, 10) and :id`,
    );
    commands.statementBroken();
    return;
  }
  commands.addSql({ line, text, parameters, transaction: facts.transaction }, facts.columns);
}
