import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { withEverywhere } from './hostile.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, inconclusiveResult, longResult } from './sample-failures.ts';
import { hostsResult, keptResult, lostStandbyResult } from './sample-hosts.ts';
import { SAMPLE_ACTORS } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';

function headings(html: string): string[] {
  return [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading ?? '');
}

/** The words of the page without its markup. */
function text(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ');
}

test('the decision comes first, then its evidence, then what cannot be told', () => {
  expect(headings(renderHtml(failingResult()))).toEqual([
    'What else was found',
    'Who survives which schema',
    'What the app felt',
    'Step by step',
    'Every check',
    'Where and what',
    'Teardown',
    'What this rehearsal cannot tell',
  ]);
});

test('the verdict shows the blamed SQL beside what to write instead', () => {
  const page = text(renderHtml(failingResult()));
  const parts = [
    'FAIL Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited',
    'Rehearsed: sql/4-set-not-null.sql, line 1 alter table customers alter column family_name set not null',
    'Instead alter table customers add constraint family_name_set check (family_name is not null) not valid;',
    '2.19 s longest stop of the app, budget 500 ms',
    '876 requests delayed over 27 ms, of 100,800',
    'Rolling back to old is possible up to step 3 backfill-name.',
    'dual / read-customer: 701 delayed',
  ];
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
});

test('a failed step is open, with its error, caret and hint; a step that was not reached says so', () => {
  const html = renderHtml(brokenResult());
  const open = [...html.matchAll(/<details open><summary>(.*?): /g)].map(([, name]) => name);
  expect(open).toEqual(['1 rename', '2 index']);
  const page = text(html);
  expect(page).toContain('42703: column "nmae" does not exist (sql/2-index.sql, line 1)');
  expect(html).toContain('1 | create index on customers (nmae)\n  |                            ^');
  expect(page).toContain('try 1: 55P03 canceling statement due to lock timeout; tried again after 500 ms');
  expect(page).toContain('3 deploy-new deploy not run: the plan stopped before it');
  expect(page).toContain('not reached');
});

test('what is not known is said, and never shown as good', () => {
  const page = text(renderHtml(inconclusiveResult()));
  expect(page).toContain('INCONCLUSIVE This run cannot be judged.');
  expect(page).toContain('not known worst p99 of a step');
  expect(page).toContain('could not tell');
  const { environment } = inconclusiveResult();
  const unswept = renderHtml({ ...inconclusiveResult(), environment: { ...environment, leftovers: null } });
  expect(text(unswept)).toContain('not known left behind: no sweep was made');
});

test('what was created is shown with the proof that it is gone, and what it took', () => {
  const page = text(renderHtml(hostsResult()));
  const parts = [
    'local: primary + standby + driver',
    'primary 10.89.7.10 (2 CPUs, 4.0 GB of memory) · standby 10.89.7.11 (1 CPU, 2.0 GB of memory) · driver 10.89.7.20',
    'Created 1 network, 3 hosts, 2 servers, by Pulumi 3.259.0, commands by the built-in stand-in',
    'Time 1 min 11 s from start to first statement (environment 6.80 s, snapshot 48.0 s, load, probes and warm-up 16.6 s), 3.10 s from the end of the load to empty (teardown 2.20 s)',
    'Sweep afterwards found nothing of this run',
    'Host-hours 0.21 (3 hosts for 4 min 12 s)',
    'Price no price: local hosts',
    '0 hosts, networks, folders left behind',
  ];
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
});

test('what is left is red, with the command that removes it', () => {
  const html = renderHtml(lostStandbyResult());
  expect(html).toContain(
    '<span class="s-fail">found 2 things of this run: host rented-7 (primary), network 10.89.7.0/24</span>',
  );
  expect(text(html)).toContain(`rehearse reap --run ${lostStandbyResult().runId} --execute`);
  expect(text(html)).toContain('Price 0.0019 USD (0.027 USD an hour)');
});

test('an environment that was kept says what is up, until when, and how to end it', () => {
  const page = text(renderHtml(keptResult()));
  const parts = [
    'kept up on purpose until 22 Nov 2026 02:48 UTC: primary 10.89.7.10, standby 10.89.7.11, driver 10.89.7.20',
    `rehearse reap --run ${keptResult().runId} --execute`,
    'Host-hours 0.21 (3 hosts for 4 min 12 s so far)',
    'kept up on purpose until',
  ];
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
  expect(page).not.toContain('left behind: no sweep');
});

test('the standby is shown with its three lags, where it was furthest behind, and when it was gone', () => {
  const html = renderHtml(lostStandbyResult());
  expect([...html.matchAll(/class="lag (\w+)"/g)].map(([, kind]) => kind).slice(0, 3)).toEqual([
    'replay',
    'flush',
    'write',
  ]);
  const page = text(html);
  expect(page).toContain(
    'The standby was furthest behind in step 3 backfill-name, 9.20 s at 1:58 of the run (budget 5.00 s). No standby streamed from 3:20 on.',
  );
  expect(page).toContain('written 270 ms 8.3 MB flushed 1.40 s 36 MB replayed 9.20 s 383 MB');
  expect(html).toContain('class="gone"');
  expect(renderHtml(passingResult())).not.toContain('How far the standby was behind');
});

test('a run of before the three lags shows the one that it has', () => {
  const { timeline, standby } = hostsResult();
  const lag = timeline.lag.map((point) => ({ ...point, writeLagMs: null, flushLagMs: null }));
  const old = standby && { ...standby, writeLagMs: null, flushLagMs: null, replayLagBytes: null };
  const html = renderHtml(hostsResult({ standby: old, timeline: { ...timeline, lag } }));
  expect(new Set([...html.matchAll(/class="lag (\w+)"/g)].map(([, kind]) => kind))).toEqual(
    new Set(['replay']),
  );
  expect(text(html)).toContain('replayed 1.40 s not measured');
});

test('a second without an answer is a gap in the curve, never zero', () => {
  const curve = (html: string): number =>
    (/<path d="([^"]*)" class="p99"/.exec(html)?.[1] ?? '').split('M').length - 1;
  expect(curve(renderHtml(passingResult()))).toBe(1);
  // Seconds 96 to 131 are missing, and from 210 on nothing was answered.
  expect(curve(renderHtml(inconclusiveResult()))).toBe(2);
});

test('the same result gives the same bytes at any time', () => {
  expect(renderHtml(failingResult())).toBe(renderHtml(failingResult()));
  expect(text(renderHtml(failingResult()))).toContain('(2 days old, 4.1 M customers)');
});

test('a run of 5,000 seconds and 30 steps is rendered in under 3 s to under 3 MB', () => {
  const result = longResult(5000);
  const startedMs = performance.now();
  const html = renderHtml(result);
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(html.length).toBeLessThan(3_000_000);
});

test('a run without requests, steps or snapshot still has a page', () => {
  const { timeline } = passingResult();
  const empty = { ...timeline, seconds: [], locks: [], batches: [], lag: [] };
  const nothing = {
    steps: [],
    checks: [],
    findings: [],
    compatibility: [],
    traffic: {},
    limits: [],
    baseline: null,
    generator: null,
    snapshot: null,
    timeline: empty,
  };
  const page = text(renderHtml(passingResult({ ...nothing, verdict: 'inconclusive', outcome: 'error' })));
  expect(page).toContain('No request was recorded.');
  expect(page).toContain('Not tried in this run.');
});

const TAGS = new Set(
  'html head meta title style body main header h1 div br section p b code span pre h2 h3 ul li details summary table thead tbody tr th td svg desc g line rect text path i dl dt dd'.split(
    ' ',
  ),
);

test('no text in any field can open a tag, end an attribute or add one', () => {
  const markup = fc.string({ unit: fc.constantFrom(...Array.from('<>"\'&/=!- abon`\n\u0000é\ud83d\ude00')) });
  fc.assert(
    fc.property(fc.oneof(markup, fc.string({ unit: 'binary' })), (hostile) => {
      const html = renderHtml(withEverywhere(brokenResult(), `<x ${hostile}`));
      const inside = html.replace(/<style>.*?<\/style>/s, '');
      for (const [tag, name = '', attributes = ''] of inside.matchAll(
        /<\/?([^\s>/]*)((?:"[^"]*"|[^>"])*?)\/?>/g,
      )) {
        expect(TAGS.has(name.toLowerCase().replace('!doctype', 'html')), tag).toBe(true);
        const names = [...attributes.replace(/"[^"]*"/g, '').matchAll(/[^\s=/]+/g)].map(([word]) => word);
        expect(names.filter((word) => /^on|^(href|src)$/i.test(word))).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

test('who kept the plan company has a row in the timeline, and is told in words', () => {
  const html = renderHtml(passingResult({ actors: SAMPLE_ACTORS }));
  expect(html.match(/class="who"/g)).toHaveLength(4); // wide and narrow
  expect(html).toContain('<title>long-reader month-report kept the plan company for 2 min 0 s</title>');
  const page = text(html);
  expect(page).toContain('long-reader month-report: from 0:20 to 2:20');
  expect(page).toContain('dump: did not come, the database has no table when it begins');
  expect(renderHtml(passingResult())).not.toContain('class="who"');
});
