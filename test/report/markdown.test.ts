import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { withEverywhere } from './hostile.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, longResult } from './sample-failures.ts';
import { SAMPLE_ACTORS, sampleChecks, sampleFinding, sampleStatement } from './sample-parts.ts';
import { keptResult, lostStandbyResult } from './sample-hosts.ts';
import { passingResult } from './sample-result.ts';

test('a pull request reads the decision, the budgets, the SQL, who survives, and the limits', () => {
  const { steps, findings, limits, compatibility, ...rest } = failingResult();
  const small = {
    ...rest,
    checks: sampleChecks({ lockWait: { status: 'fail', measured: 2190.9 } }).filter(({ id }) =>
      ['lockWait', 'errors', 'stepDuration'].includes(id),
    ),
    findings: findings.slice(0, 2),
    steps: steps.filter(({ name }) => name === 'add-column' || name === 'set-not-null'),
    compatibility: compatibility.filter(({ after }) => after === 'start' || after === 'set-not-null'),
    limits: limits.slice(0, 1),
  };
  expect(renderMarkdown(small)).toMatchInlineSnapshot(`
    "<!-- rehearse:report key=split-customer-name -->
    ## FAIL: split-customer-name

    Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited, none failed. SET NOT NULL read all of customers (4.1 M rows) while it held ACCESS EXCLUSIVE.

    \`split-customer-name-20261122-021407-9f3a\` · embedded · PostgreSQL 18.4 · 4 min 12 s

    | Check | Measured | Budget | Status |
    | --- | --- | --- | --- |
    | No more requests failed than the budget allows | 0 requests | 0 requests | pass |
    | No single wait for a lock went over its budget | 2.19 s | 500 ms | **fail** |

    ### fail: Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited, none failed.

    Rehearsed (sql/4-set-not-null.sql, line 1):

    \`\`\`sql
    alter table customers
      alter column family_name set not null
    \`\`\`

    Add a CHECK constraint as NOT VALID and validate it first: VALIDATE lets reads and writes go on, and SET NOT NULL then needs no scan.

    Instead:

    \`\`\`sql
    alter table customers add constraint family_name_set
      check (family_name is not null) not valid;
    alter table customers validate constraint family_name_set;
    alter table customers alter column family_name set not null;
    alter table customers drop constraint family_name_set;
    \`\`\`

    ### fail: Step 4 set-not-null brought the app's p99 to 2.18 s (budget 100 ms), against 9.0 ms before the first step (over 1,296 requests).

    The same statement and remedy as above.

    ### Who survives which schema

    | App version | at the start | 1 add-column | 4 set-not-null |
    | --- | --- | --- | --- |
    | old | **works, live** |  | fails 23502 |
    | dual | fails 42703 |  | **works, live** |
    | new | fails 42703 |  | works |

    Rolling back to old is possible only before the first step. Rolling back to dual is possible as far as the plan went.

    ### Step by step

    | Step | Phase | Status | Took | Delayed | Failed | Strongest lock |
    | --- | --- | --- | --- | --- | --- | --- |
    | 1 add-column | expand | ok | 14 ms | 0 | 0 | customers: ACCESS EXCLUSIVE |
    | 4 set-not-null | switch | ok | 2.20 s | 876 | 0 | customers: ACCESS EXCLUSIVE |

    ### Teardown

    - Created: 1 server
    - Time: 1 min 1 s from start to first statement (environment 1.40 s, snapshot 48.0 s, load, probes and warm-up 11.8 s), 900 ms from the end of the load to empty (teardown 220 ms)
    - Sweep afterwards: found nothing of this run
    - Host-hours: 0.07 (1 host for 4 min 12 s); no price: processes of this machine

    ### What this rehearsal cannot tell

    - Locks and query plans carry over to production; durations that come from hardware and disk do not.
    "
  `);
});

test('a step that failed and versions that broke are told', () => {
  const markdown = renderMarkdown(brokenResult());
  expect(markdown).toContain('## FAIL: rename-column-in-place');
  expect(markdown).toContain('| old | **works, live** | **fails 42703, live** |  |  |');
  expect(markdown).toContain('| 2 index | switch | failed | 4.0 ms | 0 | 0 |');
});

test('it never gets longer than a comment, and says that it was shortened', () => {
  const many = longResult(600);
  const findings = Array.from({ length: 400 }, (_, at) =>
    sampleFinding({
      message: `finding ${at}: ${'far too long '.repeat(400)}`,
      insteadSql: 'select 1;\n'.repeat(400),
    }),
  );
  const markdown = renderMarkdown({ ...many, findings, headline: 'very long '.repeat(30_000) });
  expect(markdown.length).toBeLessThanOrEqual(64_000);
  expect(markdown).toContain('<!-- rehearse:report key=split-customer-name -->');
  expect(markdown.trimEnd().endsWith('_Shortened: the whole report is in report.html._')).toBe(true);
  expect(markdown).toContain('What this rehearsal cannot tell');
  expect(markdown).toContain('-- 351 more lines');
});

test('SQL keeps its backticks and cannot close its fence', () => {
  const sql = 'select 1; -- ````\n```\n</details><script>';
  const steps = passingResult()
    .steps.slice(0, 1)
    .map((step) => ({ ...step, statements: [sampleStatement({ sql })] }));
  const findings = [sampleFinding({ step: 'add-column', statement: 1, message: 'm' })];
  expect(renderMarkdown(passingResult({ steps, findings }))).toContain(`\`\`\`\`\`sql\n${sql}\n\`\`\`\`\``);
});

test('no text in any field adds markup, a mention, a cell or a line outside of SQL', () => {
  const calm = renderMarkdown(withEverywhere(brokenResult(), 'x'));
  const shape = (markdown: string): string[] =>
    outsideOfCode(markdown).map((line) => line.replace(/[^|]/g, ''));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('|`*_<>[]()!#@&~$\\\n\r- a')) }),
      (hostile) => {
        const markdown = renderMarkdown(withEverywhere(brokenResult(), `x${hostile}x`));
        expect(shape(markdown)).toEqual(shape(calm));
        const outside = outsideOfCode(markdown)
          .filter((line) => !line.startsWith('<!-- '))
          .join('\n')
          .replace(/^#+ /gm, '')
          .replace(/\*\*/g, '');
        expect(outside).not.toMatch(/[<>`*[\]@~$]|&(?!amp;|lt;|gt;|#64;)/);
      },
    ),
    { numRuns: 200 },
  );
});

/** The lines that are not code, without what is escaped in them; the run's id stands at the beginning of its line. */
function outsideOfCode(markdown: string): string[] {
  return withoutSql(markdown).map((line) => line.replace(/^(`+).*?(?<!`)\1(?!`)/, '').replace(/\\./g, ''));
}

/** The lines that are not within a fence. */
function withoutSql(markdown: string): string[] {
  let fence: string | undefined;
  return markdown.split('\n').filter((line) => {
    const mark = /^(`{3,})(sql)?$/.exec(line);
    if (fence === undefined && mark?.[2] === 'sql') {
      fence = mark[1];
      return false;
    }
    if (fence === undefined) return true;
    if (line === fence) fence = undefined;
    return false;
  });
}

test('the standby and the teardown are told where there were hosts', () => {
  const page = renderMarkdown(lostStandbyResult());
  expect(page.slice(page.indexOf('### How far'), page.indexOf('### What this'))).toMatchInlineSnapshot(`
    "### How far the standby was behind

    The standby was furthest behind in step 3 backfill-name, 9.20 s at 1:58 of the run (budget 5.00 s). No standby streamed from 3:20 on.

    | On the standby | At most behind | WAL missing at most |
    | --- | --- | --- |
    | written | 270 ms | 8.3 MB |
    | flushed | 1.40 s | 36 MB |
    | replayed | 9.20 s | 383 MB |

    ### Teardown

    - Created: 1 network, 3 hosts, 2 servers, by Pulumi 3.259.0, commands by the built-in stand-in
    - Time: 1 min 11 s from start to first statement (environment 6.80 s, snapshot 48.0 s, load, probes and warm-up 16.6 s), 3.10 s from the end of the load to empty (teardown 2.20 s)
    - **Sweep afterwards: found 2 things of this run: host rented-7 (primary), network 10.89.7.0/24**; \`rehearse reap --run split-customer-name-20261122-021407-9f3a --execute\` removes it
    - Host-hours: 0.21 (3 hosts for 4 min 12 s); 0.0019 USD (0.027 USD an hour)

    "
  `);
});

test('a kept environment says until when, and how to end it', () => {
  expect(renderMarkdown(keptResult())).toContain(
    '- **Sweep afterwards: none, kept up on purpose until 22 Nov 2026 02:48 UTC: primary 10.89.7.10, standby 10.89.7.11, driver 10.89.7.20**; `rehearse reap',
  );
});

test('who kept the plan company is told with the time that each was there', () => {
  const page = renderMarkdown(passingResult({ actors: SAMPLE_ACTORS }));
  expect(page.slice(page.indexOf('### In whose'), page.indexOf('### Teardown'))).toMatchInlineSnapshot(`
    "### In whose company

    - long-reader month-report: from 0:20 to 2:20
    - churn: from 0:00 to 3:20, 3,999 connections
    - dump: did not come, the database has no table when it begins

    "
  `);
  expect(renderMarkdown(passingResult())).not.toContain('In whose company');
});
