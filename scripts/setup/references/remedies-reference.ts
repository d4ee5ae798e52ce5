import { REMEDIES, type RemedyId } from '../../checks/advice/remedies/index.ts';
import type { Act, Play } from '../../../test/support/remedies/remedy-play.ts';
import { REMEDY_PLAYS } from '../../../test/support/remedies/remedy-plays.ts';

const INTRODUCTION = `# Remedies

What a report advises when a step of the plan or a request of the app fails with an error of PostgreSQL: the cause comes before the
remedy. What failed for its schema or its rows gets no advice on locks, and PostgreSQL's own HINT stands beside ours. Each row is
played twice on a real server, beside traffic on the table: as it fails, and as the remedy says. \`npm run bench:remedies\` plays them
all and ends with how many are proven; \`test/matrix/remedies.test.ts\` holds the same.

This page is generated from \`scripts/checks/advice/remedies\` and \`test/support/remedies/remedy-plays.ts\`; \`npm run docs\` writes it.`;

const PLAYS = `## As played

All of them begin with \`create table t (id int, name text, j json)\` and two rows, and a role \`app\`. What fails is the last line of the
first block; nothing of the second one does.`;

/** docs/remedies.md: one row a cause, and what is played of each. */
export function remediesReference(): string {
  const ids = Object.keys(REMEDIES) as RemedyId[];
  const rows = ids.map((id) => {
    const { sqlstates, cause, instead } = REMEDIES[id];
    const codes = sqlstates.map((sqlstate) => `\`${sqlstate}\``).join(' ');
    return [codes, cell(cause), cell(instead), `[${id}](#${id.toLowerCase()})`];
  });
  const header = ['SQLSTATE', 'Cause', 'Remedy', 'Played'];
  const table = [header, header.map(() => '---'), ...rows]
    .map((columns) => `| ${columns.join(' | ')} |`)
    .join('\n');
  return `${[INTRODUCTION, table, PLAYS, ...ids.map(pair)].join('\n\n')}\n`;
}

function pair(id: RemedyId): string {
  const { who, setup, fails, works }: Play = REMEDY_PLAYS[id];
  const whose = who === 'app' ? 'a request of the app fails' : 'a step of the plan fails';
  const given = setup === undefined ? [] : ['Given:', block([setup])];
  return [`### ${id}`, ...given, `So ${whose}:`, block(fails), 'And so it works:', block(works)].join('\n\n');
}

function block(acts: readonly Act[]): string {
  const lines = acts.map((act) => ending(typeof act === 'string' ? act.replace(/\n\s+/g, '\n  ') : act.says));
  return `\`\`\`sql\n${lines.join('\n')}\n\`\`\``;
}

/** A comment ends by itself. */
function ending(sql: string): string {
  return (sql.split('\n').at(-1) ?? '').startsWith('--') ? sql : `${sql};`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
