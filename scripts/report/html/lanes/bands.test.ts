import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleFinding, sampleStep } from '../../../../test/report/sample-parts.ts';
import { passingResult } from '../../../../test/report/sample-result.ts';
import { placeBands } from './bands.ts';
import { WIDE } from './chart-size.ts';
import { textWidth } from './drawing.ts';

function bandsOf(
  spans: readonly (readonly [number, number])[],
  culprit?: number,
): ReturnType<typeof placeBands> {
  const steps = spans.map(([fromMs, toMs], at) =>
    sampleStep({ index: at + 1, name: `step-${at + 1}`, fromMs, toMs }),
  );
  const findings = culprit === undefined ? [] : [sampleFinding({ step: `step-${culprit}`, message: 'slow' })];
  return placeBands(passingResult({ steps, findings }), (ms) => ms, WIDE);
}

test('a wide band carries its name, a narrow one its number', () => {
  expect(
    bandsOf([
      [100, 300],
      [400, 401],
    ]).map(({ label, left, width }) => ({ label, left, width })),
  ).toEqual([
    { label: '1 step-1', left: 100, width: 200 },
    { label: '2', left: 400, width: 3 },
  ]);
});

test('labels that would touch move up a line, and beyond two lines they are left out but for the culprit', () => {
  const bands = bandsOf(
    [
      [500, 503],
      [503, 506],
      [506, 509],
    ],
    3,
  );
  expect(bands.map(({ label, row, isCulprit }) => [label, row, isCulprit])).toEqual([
    ['1', 1, false],
    [null, 0, false],
    ['3', 0, true],
  ]);
});

test('a step that never ran has no band', () => {
  const steps = [sampleStep({ index: 1, name: 'a', fromMs: null, toMs: null, status: 'skipped' })];
  expect(placeBands(passingResult({ steps }), (ms) => ms, WIDE)).toEqual([]);
});

test('no two labels overlap, whatever the plan', () => {
  const span = fc.tuple(fc.integer({ min: 112, max: 1000 }), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), (spans) => {
      const labels = bandsOf(spans.map(([from, length]) => [from, Math.min(1024, from + length)]))
        .filter(({ label }) => label !== null)
        .map(({ label, left, width, row }) => {
          const middle = left + width / 2;
          return { row, from: middle - textWidth(label ?? '') / 2, to: middle + textWidth(label ?? '') / 2 };
        });
      const touching = labels.filter((a, at) =>
        labels.slice(at + 1).some((b) => a.row === b.row && a.from < b.to && b.from < a.to),
      );
      expect(touching).toEqual([]);
    }),
  );
});
