import { expect, test } from 'vitest';
import { deployStep, evidence, plannedStep, runRecord, stepWindow } from '../../evidence/evidence-fixture.ts';
import { liveVersions } from './live-versions.ts';
import { arrangeSteps } from '../step-runs.ts';

const plan = [
  plannedStep('add'),
  deployStep('to-dual', 'dual'),
  plannedStep('fill'),
  deployStep('to-new', 'new'),
  plannedStep('drop'),
];

test('a version is live from the start of its deploy to the end of the one that replaces it', () => {
  const steps = plan.flatMap(({ name }, index) => stepWindow(name, index * 10, index * 10 + 5));
  expect(liveVersions('old', arrangeSteps(evidence({ run: runRecord({ plan }), steps })))).toEqual([
    { after: 'start', live: ['old'], left: null },
    { after: 'add', live: ['old'], left: null },
    { after: 'to-dual', live: ['old', 'dual'], left: 'old' },
    { after: 'fill', live: ['dual'], left: 'old' },
    { after: 'to-new', live: ['dual', 'new'], left: 'dual' },
    { after: 'drop', live: ['new'], left: 'dual' },
  ]);
});

test('a deploy that failed leaves both versions with traffic, and a step that never ran has none', () => {
  const steps = [
    ...stepWindow('add', 0, 5),
    ...stepWindow('to-dual', 10, 15, { status: 'failed' }),
    ...stepWindow('fill', 20, 20, { status: 'skipped' }).slice(1),
  ];
  expect(liveVersions('old', arrangeSteps(evidence({ run: runRecord({ plan }), steps })))).toEqual([
    { after: 'start', live: ['old'], left: null },
    { after: 'add', live: ['old'], left: null },
    { after: 'to-dual', live: ['old', 'dual'], left: null },
    { after: 'fill', live: [], left: null },
    { after: 'to-new', live: [], left: null },
    { after: 'drop', live: [], left: null },
  ]);
});

test('while the app is off for maintenance no version is live, and the one that is let in again is', () => {
  const window = [
    plannedStep('close', { kind: 'maintenance', maintenance: 'begin' }),
    plannedStep('rename'),
    deployStep('to-new', 'new'),
    plannedStep('open', { kind: 'maintenance', maintenance: 'end' }),
  ];
  const steps = window.flatMap(({ name }, index) => stepWindow(name, index * 10, index * 10 + 5));
  expect(liveVersions('old', arrangeSteps(evidence({ run: runRecord({ plan: window }), steps })))).toEqual([
    { after: 'start', live: ['old'], left: null },
    { after: 'close', live: ['old'], left: null },
    { after: 'rename', live: [], left: null, isOff: true },
    { after: 'to-new', live: [], left: 'old', isOff: true },
    { after: 'open', live: ['new'], left: 'old' },
  ]);
});
