import { expect, test } from 'vitest';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { renderVerdict } from '../../scripts/report/verdict.ts';
import { interruptedResult } from './sample-interruptions.ts';
import { passingResult } from './sample-result.ts';

const SAID = '8 times a step was cut off in its middle and run again: 4 of the second tries failed.';

test('a pull request reads what became of each step that was cut off', () => {
  const section = renderMarkdown(interruptedResult())
    .split('### ')
    .find((part) => part.startsWith('Interruptions'));
  expect(section).toMatchInlineSnapshot(`
    "Interruptions

    8 times a step was cut off in its middle and run again: 4 of the second tries failed.

    | Step | Second try | Left behind | Rows twice | Rows left out | Cut off |
    | --- | --- | --- | --- | --- | --- |
    | 1 add-column (session) | went through | nothing | – | – | session ended behind sql/1-expand.sql line 3 |
    | 1 add-column (client) | **42701** | nothing | – | – | client gone at the commit of sql/1-expand.sql line 3; the server went on for 2.19 s |
    | 4 set-not-null (session) | **42P07** | **INVALID index by\\_name** | – | – | session ended in sql/1-expand.sql line 3 |
    | 3 backfill-name (client) | went through | nothing | **312** | 0 | client gone in a batch, 3 times |
    | 4 set-not-null (client) | **failed** | nothing | – | – | client gone behind sql/1-expand.sql line 3, and the server still went on |
    | 1 add-column (server) | **42701** | **lock of a migration tool in schema\\_migrations** | – | – | server crashed behind "alter table customers add column note te …"; away for 412 ms |

    - 1 add-column (client): 42701 column "full\\_name" of relation "customers" already exists
    - 4 set-not-null (session): 42P07 relation "by\\_name" already exists
    - 4 set-not-null (session): INVALID index by\\_name of customers was left behind: drop index concurrently public.by\\_name;
    - 4 set-not-null (client): the transaction was still open
    - 1 add-column (server): 42701 column "note" of relation "customers" already exists
    - 1 add-column (server): lock of a migration tool in schema\\_migrations was left behind: migrate force &lt;the version before it&gt;

    "
  `);
});

test('the page has the same section, and neither has it where nothing was to be cut off', () => {
  const page = renderHtml(interruptedResult());
  expect(page).toContain('<h2>Interruptions</h2>');
  expect(page).toContain(SAID);
  expect(page).toContain('drop index concurrently public.by_name;');
  expect(renderHtml(passingResult())).not.toContain('Interruptions');
  expect(renderMarkdown(passingResult())).not.toContain('Interruptions');
});

test('the terminal says how many second tries failed', () => {
  const options = { color: false, runPath: 'runs/x', width: 300 };
  expect(renderVerdict(interruptedResult(), options)).toContain(SAID);
  const [first] = interruptedResult().interruptions ?? [];
  const told = (interruptions: (typeof first)[]): string =>
    renderVerdict(passingResult({ interruptions: interruptions.flatMap((one) => one ?? []) }), options);
  expect(told([first])).toContain('1 time a step was cut off in its middle and run again: it went through.');
  expect(told([])).toContain('No step was cut off: the plan did not come so far.');
});
