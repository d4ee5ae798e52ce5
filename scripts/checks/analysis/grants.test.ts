import { expect, test } from 'vitest';
import { evidence, statementRecord, stepWindow } from '../evidence-fixture.ts';
import { analyse } from './analyse.ts';

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
