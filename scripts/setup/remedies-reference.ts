import { REMEDIES } from '../checks/advice/remedies/index.ts';
import type { Remedy } from '../checks/advice/remedies/remedy.ts';

const INTRODUCTION = `# Remedies

What a report advises when a step of the plan or a request of the app fails with an error of PostgreSQL: the cause comes before the
remedy. What failed for its schema or its rows gets no advice on locks, and PostgreSQL's own HINT stands beside ours. Each row is
played on a real server by \`test/integration/remedies.test.ts\`: once as it fails, and once as the remedy says.

This page is generated from \`scripts/checks/advice/remedies\`; \`npm run docs\` writes it.`;

/** docs/remedies.md: one row a cause. */
export function remediesReference(): string {
  const rows = Object.values<Remedy>(REMEDIES).map(({ sqlstates, cause, instead }) =>
    [sqlstates.map((sqlstate) => `\`${sqlstate}\``).join(' '), cause, instead].map(cell),
  );
  const table = [['SQLSTATE', 'Cause', 'Remedy'], ['---', '---', '---'], ...rows]
    .map((columns) => `| ${columns.join(' | ')} |`)
    .join('\n');
  return `${INTRODUCTION}\n\n${table}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
