import { expect, test } from 'vitest';
import { evidence, statementRecord, stepWindow } from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';
import { Grants } from './grants.ts';

test('a lock is held from the moment that the server gave it, not from the sending of its statement', () => {
  const grant = { type: 'grant', pid: 42, relation: 'public.customers', tMs: 5003.75 } as const;
  const exactWaits = [
    { ...grant, tMs: 4999 },
    { ...grant, tMs: 5002, pid: 7 },
    { ...grant, tMs: 5002, relation: 'public.orders' },
    grant,
    { type: 'release', pid: 42, tMs: 5007.5 } as const,
  ];
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sentMs: 5000, respondedMs: 5004, releasedMs: 5008 }),
  ];
  const [step] = analyse(evidence({ exactWaits, steps })).steps;
  expect(step?.statements[0]).toMatchObject({ waitMs: 0, holdMs: 3.75, blackoutMs: 3.75 });
});

test('of a statement that failed before anybody looked, the locks that it got are seen by their grants', () => {
  const grants = new Grants([
    { type: 'grant', pid: 42, tMs: 5001, relation: 'public.customers' },
    { type: 'grant', pid: 42, tMs: 5002, relation: 'pg_toast.pg_toast_1' },
    { type: 'grant', pid: 43, tMs: 5003, relation: 'public.orders' },
  ]);
  expect(grants.seenOf(statementRecord({ sentMs: 5000, respondedMs: 5010 }))).toEqual([
    {
      tMs: 5001,
      pid: 42,
      step: 'alter',
      relation: 'public.customers',
      mode: 'AccessExclusiveLock',
      granted: true,
    },
  ]);
});
