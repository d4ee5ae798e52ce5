import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Screen } from '../../../test/support/screen.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import type { CliContext } from '../context.ts';
import { globalFlags, Output } from '../output/output.ts';
import { startProgress } from './progress.ts';
import { SAMPLE_EVENTS, SAMPLE_PLAN, stage } from './progress-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({
    now: Date.UTC(2026, 10, 22, 2, 14, 7),
    toFake: ['setInterval', 'clearInterval', 'Date'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function context(options: { isTTY: boolean; columns?: number; argv?: readonly string[] }): {
  context: CliContext;
  screen: Screen;
  text: () => string;
} {
  const screen = new Screen(options.columns ?? 80);
  const written: string[] = [];
  const io = {
    stdout: { write: () => undefined },
    stderr: {
      write: (text: string) => {
        written.push(text);
        screen.write(text);
      },
    },
    cwd: '/',
    env: {},
    isTTY: options.isTTY,
    columns: screen.columns,
    windowSize: () => ({ columns: screen.columns, rows: 30 }),
  };
  const flags = globalFlags(options.argv ?? ['--no-color']);
  return { context: { io, flags, out: new Output(io, flags) }, screen, text: () => written.join('') };
}

test('on a terminal the block follows the events and a note stands above it', () => {
  const { context: cli, screen } = context({ isTTY: true });
  const progress = startProgress(cli, SAMPLE_PLAN);
  progress.onEvent({ type: 'note', message: 'target local: the nearest' });
  for (const { event } of SAMPLE_EVENTS.slice(0, 2)) progress.onEvent(event);
  progress.named('20261122-021407-9f3a');
  vi.advanceTimersByTime(200);
  expect(screen.cursorVisible).toBe(false);
  progress.close();
  cli.out.note('after it');
  const lines = screen.text().split('\n');
  expect(lines[0]).toBe('target local: the nearest');
  expect(lines[1]).toMatch(/^split-customer-name · local · 20261122-021407-9f3a +00:00$/);
  expect(lines[2]).toMatch(/^✔ environment {3}primary, standby, driver on 10\.83\.4\.0\/24 +[\d.]+ ms$/);
  expect(lines.slice(3)).toEqual([
    '  snapshot',
    '  baseline',
    '  1 add-column     expand',
    '  2 deploy dual    deploy',
    '  3 backfill-name  backfill',
    '  4 set-not-null   switch',
    '  5 deploy new     switch',
    '  6 drop-column    contract',
    'after it',
  ]);
  expect(screen.cursorVisible).toBe(true);
});

test('a secret is gone before a line is cut to the width of the window', () => {
  registerSecret('correct-horse-battery');
  const { context: cli, text } = context({ isTTY: true, columns: 40 });
  const progress = startProgress(cli, SAMPLE_PLAN);
  progress.onEvent(stage('snapshot', 'progress', 'with correct-horse-battery'));
  progress.close();
  expect(text()).not.toContain('corr');
});

test('elsewhere each change is one plain line, with a heartbeat after 30 s of silence', () => {
  const { context: cli, text } = context({ isTTY: false });
  const progress = startProgress(cli, SAMPLE_PLAN);
  progress.named('20261122-021407-9f3a');
  progress.onEvent(stage('environment', 'done', 'one host'));
  progress.onEvent(stage('snapshot', 'started'));
  progress.onEvent(stage('snapshot', 'progress', '2.5 GB of 6.2 GB', 0.4));
  vi.advanceTimersByTime(61_000);
  progress.close();
  vi.advanceTimersByTime(61_000);
  const steady = text()
    .replace(/\([\d.]+ ms\)/, '(N ms)')
    .replace(/running for [\d.]+ ms/g, 'running for N ms');
  expect(steady.trimEnd().split('\n')).toEqual([
    '02:14:07 run split-customer-name-20261122-021407-9f3a: 6 steps on local',
    expect.stringMatching(/^02:14:07 environment: one host/),
    '02:14:37 snapshot: 40 %, 2.5 GB of 6.2 GB, running for N ms',
    '02:15:07 snapshot: 40 %, 2.5 GB of 6.2 GB, running for N ms',
  ]);
  expect(text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test('--quiet shows nothing', () => {
  const { context: cli, text } = context({ isTTY: true, argv: ['--quiet'] });
  const progress = startProgress(cli, SAMPLE_PLAN);
  for (const { event } of SAMPLE_EVENTS) progress.onEvent(event);
  progress.close();
  expect(text()).toBe('');
});
