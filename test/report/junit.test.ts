import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderJunit } from '../../scripts/report/junit.ts';
import { needs } from '../support/needs.ts';
import { CHROMIUM, launch, open } from './browser.ts';
import { withEverywhere } from './hostile.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, inconclusiveResult } from './sample-failures.ts';
import { lostStandbyResult } from './sample-hosts.ts';
import { passingResult } from './sample-result.ts';

test('checks and steps are test cases; what failed, could not tell or was not judged is marked', () => {
  const { checks, steps, ...rest } = brokenResult();
  const few = checks.filter(({ id }) => ['errors', 'p99', 'stepDuration'].includes(id));
  expect(renderJunit({ ...rest, checks: few, steps })).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="rename-column-in-place-20261122-145500-f60d" tests="6" failures="3" errors="0" skipped="2" time="41.000">
      <testsuite name="checks" tests="3" failures="1" errors="0" skipped="1" timestamp="2026-11-22T02:14:07Z">
        <properties>
          <property name="verdict" value="fail"/>
          <property name="runId" value="rename-column-in-place-20261122-145500-f60d"/>
          <property name="target" value="embedded"/>
          <property name="postgresVersion" value="18.4"/>
          <property name="hosts" value="1 server"/>
          <property name="leftovers" value="found nothing of this run"/>
          <property name="hostHours" value="0.07 (1 host for 4 min 12 s)"/>
          <property name="price" value="no price: processes of this machine"/>
          <property name="snapshotSha256" value="none"/>
          <property name="snapshotTakenAt" value="not stated"/>
          <property name="planSha256" value="5f1d2c3b4a59687786958473625140fedcba98765432100123456789abcdef01"/>
          <property name="load" value="150 requests/s on 20 connections, seed 1"/>
        </properties>
        <testcase classname="rename-column-in-place.checks" name="errors" time="0.000"><failure message="Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and old/sign-up 119 with 42703.">Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and old/sign-up 119 with 42703.
    sql/1-rename.sql:2
    Expand and contract: add full_name beside name, write both, backfill, deploy, drop name last.
    alter table customers add column full_name text;</failure></testcase>
        <testcase classname="rename-column-in-place.checks" name="p99" time="0.000"/>
        <testcase classname="rename-column-in-place.checks" name="stepDuration" time="0.000"><skipped message="no budget"/></testcase>
      </testsuite>
      <testsuite name="steps" tests="3" failures="2" errors="0" skipped="1" timestamp="2026-11-22T02:14:07Z">
        <properties>
          <property name="verdict" value="fail"/>
          <property name="runId" value="rename-column-in-place-20261122-145500-f60d"/>
          <property name="target" value="embedded"/>
          <property name="postgresVersion" value="18.4"/>
          <property name="hosts" value="1 server"/>
          <property name="leftovers" value="found nothing of this run"/>
          <property name="hostHours" value="0.07 (1 host for 4 min 12 s)"/>
          <property name="price" value="no price: processes of this machine"/>
          <property name="snapshotSha256" value="none"/>
          <property name="snapshotTakenAt" value="not stated"/>
          <property name="planSha256" value="5f1d2c3b4a59687786958473625140fedcba98765432100123456789abcdef01"/>
          <property name="load" value="150 requests/s on 20 connections, seed 1"/>
        </properties>
        <testcase classname="rename-column-in-place.switch" name="1 rename" time="1.100"><failure message="Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and old/sign-up 119 with 42703.">Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and old/sign-up 119 with 42703.
    sql/1-rename.sql:2
    Expand and contract: add full_name beside name, write both, backfill, deploy, drop name last.
    alter table customers add column full_name text;</failure></testcase>
        <testcase classname="rename-column-in-place.switch" name="2 index" time="0.004"><failure message="42703: column &quot;nmae&quot; does not exist">42703: column &quot;nmae&quot; does not exist
    sql/2-index.sql:1
    1 | create index on customers (nmae)
      |                            ^</failure></testcase>
        <testcase classname="rename-column-in-place.deploy" name="3 deploy-new" time="0.000"><skipped message="the plan stopped before it"/></testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test('hosts, their end and the standby are properties', () => {
  const xml = renderJunit(lostStandbyResult());
  const names = ['hosts', 'leftovers', 'hostHours', 'price', 'standby'];
  const values = names.map((name) => new RegExp(`name="${name}" value="(.*?)"`).exec(xml)?.[1]);
  expect(values).toEqual([
    '1 network, 3 hosts, 2 servers',
    'found 2 things of this run: host rented-7 (primary), network 10.89.7.0/24',
    '0.21 (3 hosts for 4 min 12 s)',
    '0.0019 USD (0.027 USD an hour)',
    'The standby was furthest behind in step 3 backfill-name, 9.20 s at 1:58 of the run (budget 5.00 s). No standby streamed from 3:20 on.',
  ]);
});

test('what could not be told is an error, not a failure', () => {
  const xml = renderJunit(inconclusiveResult());
  expect(xml).toContain('name="generator" time="0.000"><error message="The load generator sent 7.4 %');
  expect(/<testsuites .*?>/.exec(xml)?.[0]).toBe(
    '<testsuites name="split-customer-name-20261122-021407-9f3a" tests="20" failures="0" errors="2" skipped="5" time="252.000">',
  );
});

describe.skipIf(!needs(CHROMIUM, 'to parse XML'))('junit.xml for a parser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test.each([
    ['as it is', ''],
    [
      'with hostile text',
      `]]></failure><!-- <x a="'> & &amp; \u0000\u0001\u0008\u001b\ufffe\ud800 \u{1f600} é`,
    ],
  ])('%s, every result parses and its counts are right', async (_name, text) => {
    const { page, close } = await open(browser, '<!doctype html>');
    for (const result of [passingResult(), failingResult(), brokenResult(), inconclusiveResult()]) {
      const xml = renderJunit(withEverywhere(result, text));
      const seen: unknown = await page.evaluate(`(() => {
        const xml = new DOMParser().parseFromString(${JSON.stringify(xml)}, 'text/xml');
        const count = (name) => xml.querySelectorAll(name).length;
        const root = xml.documentElement;
        return {
          broken: count('parsererror'),
          elements: [...new Set([...xml.querySelectorAll('*')].map(({ tagName }) => tagName))].sort(),
          tests: count('testcase') - root.getAttribute('tests'),
          failures: count('failure') - root.getAttribute('failures'),
          errors: count('error') - root.getAttribute('errors'),
          skipped: count('skipped') - root.getAttribute('skipped'),
        };
      })()`);
      const allowed = ['error', 'failure', 'properties', 'property', 'skipped', 'system-out'];
      const known = [...allowed, 'testcase', 'testsuite', 'testsuites'];
      const { elements, ...counts } = seen as { elements: string[] } & Record<string, number>;
      expect(counts).toEqual({ broken: 0, tests: 0, failures: 0, errors: 0, skipped: 0 });
      expect(elements.filter((element) => !known.includes(element))).toEqual([]);
    }
    await close();
  });
});
