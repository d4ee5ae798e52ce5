import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { displayWidth } from '../output/display-width.ts';
import { renderBlock } from './progress-block.ts';
import { sampleState, SAMPLE_PLAN, stage, step } from './progress-fixture.ts';
import { applyEvent, initialState } from './progress-state.ts';

function block(...args: Parameters<typeof renderBlock>): string {
  return `\n${renderBlock(...args).join('\n')}\n`;
}

test('before the first event every stage and step is listed', () => {
  expect(block(initialState(SAMPLE_PLAN, 0), 0, { width: 80, color: false })).toMatchInlineSnapshot(`
    "
    split-customer-name · local                                                00:00
      environment
      snapshot
      baseline
      1 add-column     expand
      2 deploy dual    deploy
      3 backfill-name  backfill
      4 set-not-null   switch
      5 deploy new     switch
      6 drop-column    contract
    "
  `);
});

test('in the middle of a run the done, the running and the coming lines are told apart', () => {
  const state = { ...sampleState(), runStamp: '20261122-021407-9f3a' };
  expect(block(state, 161_000, { width: 80, color: false })).toMatchInlineSnapshot(`
    "
    split-customer-name · local · 20261122-021407-9f3a                         02:41
    ✔ environment   primary, standby, driver on 10.83.4.0/24                  1.40 s
    ✔ snapshot      6.2 GB restored, 4.1 M customers, base kept for next ti…  48.0 s
    ✔ baseline      400/s for 10 s: p99 9 ms, 0 errors                        10.0 s
    ✔ 1 add-column     expand     waited 9 ms   held 3 ms    0 delayed        100 ms
    ✔ 2 deploy dual    deploy     old → dual over 30 s       0 delayed        30.0 s
    ◐ 3 backfill-name  backfill   62 %  34,700 rows/s  batch 48 ms          ETA 0:44
      4 set-not-null   switch
      5 deploy new     switch
      6 drop-column    contract
    app  400/s  p50 3.0 ms  p99 19 ms  errors 0   standby lag 1.10 s
    "
  `);
});

test('a narrow window cuts the lines and keeps their beginnings', () => {
  expect(block(sampleState(), 161_000, { width: 44, color: false })).toMatchInlineSnapshot(`
    "
    split-customer-name · local            02:41
    ✔ environment   primary, standby, d…  1.40 s
    ✔ snapshot      6.2 GB restored, 4.…  48.0 s
    ✔ baseline      400/s for 10 s: p99…  10.0 s
    ✔ 1 add-column     expand     waited 9 ms…
    ✔ 2 deploy dual    deploy     old → dual ov…
    ◐ 3 backfill-name  backfill   62 %  34,700…
      4 set-not-null   switch
      5 deploy new     switch
      6 drop-column    contract
    app  400/s  p50 3.0 ms  p99 19 ms  errors 0…
    "
  `);
});

test('a failed step, skipped ones and the teardown have their own marks', () => {
  const events = [
    step(3, 'failed', 'relation "customers" does not exist (42P01)'),
    step(4, 'skipped'),
    step(5, 'skipped'),
    step(6, 'skipped'),
    stage('teardown', 'started'),
  ];
  const state = events.reduce((before, event) => applyEvent(before, event, 161_000), sampleState());
  expect(block(state, 163_000, { width: 80, color: false })).toMatchInlineSnapshot(`
    "
    split-customer-name · local                                                02:43
    ✔ environment   primary, standby, driver on 10.83.4.0/24                  1.40 s
    ✔ snapshot      6.2 GB restored, 4.1 M customers, base kept for next ti…  48.0 s
    ✔ baseline      400/s for 10 s: p99 9 ms, 0 errors                        10.0 s
    ✔ 1 add-column     expand     waited 9 ms   held 3 ms    0 delayed        100 ms
    ✔ 2 deploy dual    deploy     old → dual over 30 s       0 delayed        30.0 s
    ✘ 3 backfill-name  backfill   relation "customers" does not exist (…  1 min 11 s
    – 4 set-not-null   switch
    – 5 deploy new     switch
    – 6 drop-column    contract
    app  400/s  p50 3.0 ms  p99 19 ms  errors 0   standby lag 1.10 s
    ◐ teardown                                                                  0:02
    "
  `);
});

test('what the teardown cuts short is neither done nor running', () => {
  const state = applyEvent(sampleState(), stage('teardown', 'started'), 161_000);
  expect(renderBlock(state, 163_000, { width: 80, color: false }).slice(6, 8)).toEqual([
    '■ 3 backfill-name  backfill   62 %  34,700 rows/s  batch 48 ms        1 min 11 s',
    '  4 set-not-null   switch',
  ]);
});

test('a plan that is longer than the window shows the steps around the running one', () => {
  const steps = Array.from({ length: 40 }, (_, index) => ({ name: `step-${index + 1}`, phase: 'expand' }));
  let state = initialState({ ...SAMPLE_PLAN, steps }, 0);
  for (let index = 1; index < 20; index++) {
    state = applyEvent(state, { ...step(1, 'done'), index }, index);
  }
  state = applyEvent(state, { ...step(1, 'started'), index: 20 }, 1_000);
  expect(block(state, 2_000, { width: 60, color: false, maxLines: 12 })).toMatchInlineSnapshot(`
    "
    split-customer-name · local                            00:02
      environment
      snapshot
      baseline
      … 16 before
    ✔ 17 step-17     expand                                 0 ms
    ✔ 18 step-18     expand                                 0 ms
    ✔ 19 step-19     expand                                 0 ms
    ◐ 20 step-20     expand                                 0:01
      21 step-21     expand
      22 step-22     expand
      … 18 more
    "
  `);
});

test('text with control characters cannot touch the terminal', () => {
  const state = applyEvent(
    initialState(SAMPLE_PLAN, 0),
    stage('snapshot', 'started', '\u001b[2Jgone\u0007'),
    0,
  );
  expect(renderBlock(state, 0, { width: 80, color: false }).join('\n')).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f]/,
  );
});

test('no line is wider than the window, in any state, with wide characters, with and without colour', () => {
  const detail = fc.string({ unit: 'grapheme', maxLength: 120 });
  const events = fc.array(
    fc.oneof(
      fc
        .tuple(
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom('started', 'progress', 'done', 'failed', 'skipped'),
          detail,
        )
        .map(([index, state, text]) => step(index, state, text, { fraction: 0.5, etaMs: 5_000 })),
      fc
        .tuple(
          fc.constantFrom('environment', 'snapshot', 'teardown'),
          fc.constantFrom('started', 'done', 'failed'),
          detail,
        )
        .map(([name, state, text]) => stage(name, state, text)),
    ),
  );
  fc.assert(
    fc.property(
      events,
      detail,
      fc.integer({ min: 1, max: 140 }),
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      (all, name, width, rows, color) => {
        const plan = {
          ...SAMPLE_PLAN,
          rehearsal: name,
          steps: [...SAMPLE_PLAN.steps, { name, phase: 'switch' }],
        };
        const state = all.reduce((before, event) => applyEvent(before, event, 10), initialState(plan, 0));
        const lines = renderBlock(state, 60_000, { width, color, maxLines: rows }).map(
          stripVTControlCharacters,
        );
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.max(20, width));
        expect(lines.length).toBeLessThanOrEqual(rows);
      },
    ),
  );
});
