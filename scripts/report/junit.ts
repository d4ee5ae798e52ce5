import type { Result } from '../checks/result.ts';
import { stepLabel } from './facts.ts';

/** junit.xml as CI systems read it: one suite of checks, one of steps. */
export function renderJunit(result: Result): string {
  const checks = result.checks.map(({ id, title, status }) => {
    const messages = result.findings.filter(({ check }) => check === id).map(({ message }) => message);
    return testcase(`${result.rehearsal}.checks`, title, 0, outcome(status, messages.join('\n') || title));
  });
  const steps = result.steps.map((step) => {
    const { status, error, phase, durationMs } = step;
    const body =
      status === 'failed'
        ? element('failure', error?.message ?? 'the step failed')
        : status === 'skipped'
          ? '<skipped/>'
          : '';
    return testcase(`${result.rehearsal}.${phase}`, stepLabel(step), durationMs / 1000, body);
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${text(result.runId)}">`,
    suite('checks', checks, properties(result)),
    suite('steps', steps, ''),
    '</testsuites>',
    '',
  ].join('\n');
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

function suite(name: string, cases: string[], head: string): string {
  const count = (part: string): number => cases.filter((item) => item.includes(part)).length;
  const numbers = `tests="${cases.length}" failures="${count('<failure')}" errors="${count('<error')}" skipped="${count('<skipped')}"`;
  return [
    `  <testsuite name="${name}" ${numbers}>`,
    ...(head === '' ? [] : [head]),
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

function properties(result: Result): string {
  const entries = Object.entries({
    verdict: result.verdict,
    runId: result.runId,
    postgresVersion: result.environment.postgresVersion,
    snapshotSha256: result.snapshot?.sha256 ?? 'none',
    planSha256: result.planSha256,
    ratePerSec: String(result.load.ratePerSec),
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
