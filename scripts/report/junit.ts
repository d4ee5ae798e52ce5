import type { Finding, Result, StepResult } from '../checks/result/contract/result.ts';
import { createdText, hostHoursText, keptText, priceText, sweepText } from './facts/environment-facts.ts';
import { blamedStatement, durationMs, stepLabel } from './facts/facts.ts';
import { originText } from './facts/origin-facts.ts';
import { playedSentence } from './facts/playing-facts.ts';
import { standbySentences } from './facts/standby-facts.ts';

/** junit.xml as CI systems read it: one suite of checks, one of steps. Names stay the same from run to run. */
export function renderJunit(result: Result): string {
  const checks = result.checks.map(({ id, title, status, playing }) => {
    const found = result.findings.filter(({ check }) => check === id);
    const told = found.map((finding) => findingText(result, finding)).join('\n\n');
    const where = playing === undefined ? '' : `\n(at its worst in playing ${playing})`;
    return testcase(`${result.rehearsal}.checks`, id, 0, outcome(status, `${told || title}${where}`));
  });
  const steps = result.steps.map((step) =>
    testcase(
      `${result.rehearsal}.${step.phase}`,
      stepLabel(step),
      step.durationMs / 1000,
      stepOutcome(step, result),
    ),
  );
  const all = [...checks, ...steps];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${text(result.runId)}" ${counts(all)} time="${(durationMs(result) / 1000).toFixed(3)}">`,
    suite('checks', checks, result),
    suite('steps', steps, result),
    '</testsuites>',
    '',
  ].join('\n');
}

/** What happened, where in the author's files, and what to write instead. */
function findingText(result: Result, finding: Finding): string {
  const { message, advice, insteadSql } = finding;
  const { file, line } = blamedStatement(result, finding)?.statement ?? { file: null, line: null };
  const place = file === null ? null : `${file}:${line ?? 1}`;
  return [message, place, advice, insteadSql].filter((part) => part !== null).join('\n');
}

/** Red where it failed, and where a check fails by its doing. */
function stepOutcome({ name, status, error }: StepResult, result: Result): string {
  const guilty = result.findings.filter((finding) => finding.step === name && finding.status === 'fail');
  switch (status) {
    case 'failed': {
      const sqlstate = error?.sqlstate == null ? '' : `${error.sqlstate}: `;
      const place = error?.file == null ? '' : `${error.file}:${error.line ?? 1}`;
      const parts = [`${sqlstate}${error?.message ?? 'the step failed'}`, place, error?.excerpt ?? ''];
      return element('failure', parts.filter((part) => part !== '').join('\n'));
    }
    case 'skipped':
      return '<skipped message="the plan stopped before it"/>';
    case 'ok':
      return guilty.length === 0
        ? ''
        : element('failure', guilty.map((finding) => findingText(result, finding)).join('\n\n'));
  }
}

function outcome(status: Result['checks'][number]['status'], message: string): string {
  switch (status) {
    case 'fail':
      return element('failure', message);
    case 'inconclusive':
      return element('error', message);
    case 'not-judged':
      return '<skipped message="no budget"/>';
    case 'warn':
      return `<system-out>${text(message)}</system-out>`;
    case 'pass':
      return '';
  }
}

function element(name: 'failure' | 'error', message: string): string {
  return `<${name} message="${text(message.split('\n')[0] ?? '')}">${text(message)}</${name}>`;
}

function testcase(classname: string, name: string, seconds: number, body: string): string {
  const open = `    <testcase classname="${text(classname)}" name="${text(name)}" time="${seconds.toFixed(3)}"`;
  return body === '' ? `${open}/>` : `${open}>${body}</testcase>`;
}

function suite(name: string, cases: readonly string[], result: Result): string {
  const begun = `timestamp="${text(result.startedAt.replace(/\.\d+Z$/, 'Z'))}"`;
  return [
    `  <testsuite name="${name}" ${counts(cases)} ${begun}>`,
    properties(result),
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

/** A `<` of ours is the only one in a test case: texts are escaped. */
function counts(cases: readonly string[]): string {
  const count = (part: string): number => cases.filter((item) => item.includes(part)).length;
  return `tests="${cases.length}" failures="${count('<failure')}" errors="${count('<error')}" skipped="${count('<skipped')}"`;
}

function properties(result: Result): string {
  const { load, snapshot, environment, standby } = result;
  const entries = Object.entries({
    verdict: result.verdict,
    runId: result.runId,
    target: result.target,
    postgresVersion: environment.postgresVersion,
    hosts: createdText(result),
    leftovers: keptText(result) ?? sweepText(result).text,
    hostHours: hostHoursText(result) ?? 'not known',
    price: priceText(result),
    ...(standby === null ? {} : { standby: standbySentences(result).join(' ') }),
    snapshotSha256: snapshot?.sha256 ?? 'none',
    snapshotTakenAt: snapshot?.takenAt ?? 'not stated',
    planSha256: result.planSha256,
    ...(result.origin && { planFrom: originText(result) }),
    ...(result.playings && { playings: playedSentence(result.playings) }),
    load: `${load.ratePerSec} requests/s on ${load.connections} connections, seed ${load.seed}`,
  });
  const lines = entries.map(([name, value]) => `      <property name="${name}" value="${text(value)}"/>`);
  return ['    <properties>', ...lines, '    </properties>'].join('\n');
}

const ENTITY: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0: escaped, without the control characters that it cannot carry. */
function text(value: string): string {
  // Not in XML: everything below space but tab, line feed and carriage return, and lone surrogates.
  const allowed = Array.from(value).filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 9 || code === 10 || code === 13) return true;
    return code >= 32 && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
  });
  return allowed.join('').replace(/[&<>"']/g, (character) => ENTITY[character] ?? '');
}
