import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import { headlineFigures, storageFigures } from './headline-figures.ts';

beforeAll(loadAdvice);

const server = [
  [1000, 0, 50],
  [4900, 7, 50],
  [6000, 100, 90],
  [8200, 130, 60],
  [9000, 200, 400],
].map(([tMs = 0, walBytes = 0, databaseBytes = 0]) => ({
  tMs,
  walBytes,
  databaseBytes,
  replayLagMs: null,
  replayLagBytes: null,
}));

test('WAL and the size of the database are told from the look before the first step to the one behind the last', () => {
  const run = runRecord({ plan: [plannedStep('alter')] });
  const result = judgeEvidence(evidence({ run, server, steps: stepWindow('alter', 5000, 8000) }));
  expect(result.storage).toEqual({ walBytes: 123, databaseBytesBefore: 50, databaseBytesMost: 90 });
  expect(storageFigures(result).map(({ id, value, unit }) => [id, value, unit])).toEqual([
    ['wal', 123, 'bytes'],
    ['databaseSize', 90, 'bytes'],
  ]);
  expect(headlineFigures(result).map(({ id }) => id)).not.toContain('wal');
});

test('a plan that never began has neither', () => {
  const result = judgeEvidence(evidence({ server, steps: [] }));
  expect(result.storage).toBeUndefined();
  expect(storageFigures(result)).toEqual([]);
});
