import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from './advice.ts';
import { analyse } from './analysis/analyse.ts';
import type { Check } from './check.ts';
import { evidence } from './evidence/evidence-fixture.ts';
import { CHECKS } from './index.ts';
import { assembleResult } from './result/assemble-result.ts';
import { runChecks } from './run-checks.ts';

beforeAll(loadAdvice);

test.each(['run', 'applies'] as const)(
  'a check whose %s throws is inconclusive by its name, and leaves the others their word',
  (at) => {
    const fails = (): never => {
      throw new TypeError('of "a value"');
    };
    const broken: Check = { ...CHECKS[0]!, id: 'broken', [at]: fails };
    const analysis = analyse(evidence({}));
    const judgement = runChecks(analysis, [broken, ...CHECKS]);
    const { checks, findings } = judgement;
    expect(assembleResult(analysis, judgement).verdict).toBe('inconclusive');
    expect(checks[0]?.status).toBe('inconclusive');
    expect(checks.slice(1)).toEqual(runChecks(analysis).checks);
    expect(findings.map(({ finding }) => finding.message)).toEqual([
      'The check broken broke off by a mistake of this tool (TypeError): what it judges is not known.',
    ]);
  },
);
