import { expect, test } from 'vitest';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { renderVerdict } from '../../scripts/report/verdict.ts';
import { passingResult } from './sample-result.ts';
import { wayBackResult } from './sample-way-back.ts';

const SAID =
  'The plan declares 6 drop-column as its point of no return; behind 3 backfill-name there was no whole way back.';

test('a pull request reads from where the release can be taken back, and what stays behind', () => {
  const section = renderMarkdown(wayBackResult())
    .split('### ')
    .find((part) => part.startsWith('The way back'));
  expect(section).toMatchInlineSnapshot(`
    "The way back

    The plan declares 6 drop-column as its point of no return; behind 3 backfill-name there was no whole way back.

    | Turned around | Possible | Took | Traffic back | Longest stop | Failed | Values lost | Schema | Forward again |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | behind 2 deploy-dual | yes | 7.40 s | 3.0 ms | 38 ms | 0 | 0 | same | yes |
    | behind 4 set-not-null | **no** | 7.40 s | 3.0 ms | 2.19 s | **12** | **at least 315** | **2 differences** | yes |

    - behind 4 set-not-null: the schema is not what it was: index customers\\_full\\_name on customers is left over
    - customers.full\\_name: at least 312 values lost (turned around behind 4 set-not-null)
    - orders.state: 3 values that the version before cannot read (before the plan: order\\_state) (turned around behind 4 set-not-null)
    - index customers\\_full\\_name on customers: left over (turned around behind 4 set-not-null; it came with 3 backfill-name)
    - column name on customers: changed: no longer not null (turned around behind 4 set-not-null; it came with 4 set-not-null)

    "
  `);
});

test('the page has the same section, and neither has it where nobody goes back', () => {
  const page = renderHtml(wayBackResult());
  expect(page).toContain('<h2>The way back</h2>');
  expect(page).toContain(SAID);
  expect(page).toContain('index customers_full_name on customers: left over');
  expect(renderHtml(passingResult())).not.toContain('The way back');
  expect(renderMarkdown(passingResult())).not.toContain('The way back');
});

test('the terminal says until where the way back is open', () => {
  const options = { color: false, runPath: 'runs/x', width: 300 };
  expect(renderVerdict(wayBackResult(), options)).toContain(SAID);
  const [open] = wayBackResult().wayBack ?? [];
  const wayBack = open === undefined ? [] : [open];
  const whole = passingResult({ wayBack, pointOfNoReturn: { declared: null, found: null } });
  expect(renderVerdict(whole, options)).toContain(
    'The plan declares no point of no return; the way back was open up to behind 2 deploy-dual.',
  );
});
