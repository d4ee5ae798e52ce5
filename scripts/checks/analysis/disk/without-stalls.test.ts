import { expect, test } from 'vitest';
import type { z } from 'zod';
import { moment } from '../../../artifacts/records/primitives.ts';
import { STREAMS } from '../../../artifacts/registry.ts';
import {
  evidence,
  request,
  requestTable,
  statementRecord,
  stepWindow,
} from '../../evidence/evidence-fixture.ts';
import { MOMENTS, withoutTime } from './without-stalls.ts';

/** Fields of a schema that are moments or times, however deep. */
function momentsOf(schema: unknown, name: string): string[] {
  if (schema === moment) return [name];
  const def = (schema as z.ZodType).def as {
    shape?: Record<string, unknown>;
    options?: readonly unknown[];
    element?: unknown;
    innerType?: unknown;
    valueType?: unknown;
    items?: readonly unknown[];
  };
  const inner = [def.element, def.innerType, def.valueType].filter((one) => one !== undefined);
  return [
    ...Object.entries(def.shape ?? {}).flatMap(([key, value]) => momentsOf(value, key)),
    ...[...(def.options ?? []), ...(def.items ?? []), ...inner].flatMap((one) => momentsOf(one, name)),
  ];
}

test('each field of an artifact that is a moment is moved, and times are not', () => {
  const all = new Set(Object.values(STREAMS).flatMap((schema) => momentsOf(schema, '')));
  expect([...all].filter((name) => !MOMENTS.has(name)).toSorted()).toEqual(['pauseMs', 'pausedMs']);
  // Of waits and locks, whose lines are looked at by their type.
  expect([...MOMENTS].filter((name) => !all.has(name))).toEqual(['lastMs', 'goneMs', 'sinceMs']);
});

test('what lasted through a time that was not is shorter by it, and what came later is earlier', () => {
  const whole = evidence({
    steps: [
      ...stepWindow('alter', 4000, 9000),
      statementRecord({ sentMs: 5500, respondedMs: 5900, releasedMs: 8000 }),
    ],
    requests: requestTable([request(1000, 1010), request(5500, 7500), request(8000, 8010)]),
    server: [{ tMs: 8000, walBytes: 1, databaseBytes: 1, replayLagMs: 3000, replayLagBytes: 5 }],
  });
  const { steps, requests, server } = withoutTime(whole, [
    { fromMs: 5000, toMs: 6000 },
    { fromMs: 6500, toMs: 7000 },
  ]);
  expect(steps).toMatchObject([
    { tMs: 4000 },
    { tMs: 7500 },
    { sentMs: 5000, respondedMs: 5000, releasedMs: 6500 },
  ]);
  expect([...(requests?.intendedMs ?? [])]).toEqual([1000, 5000, 6500]);
  expect([...(requests?.endMs ?? [])]).toEqual([1010, 6000, 6510]);
  expect(server).toMatchObject([{ tMs: 6500, replayLagMs: 1500, replayLagBytes: 5 }]);
});
