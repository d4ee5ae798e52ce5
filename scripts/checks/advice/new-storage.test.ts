import { beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { stops } from '../stops/stops.ts';

beforeAll(loadAdvice);

test.each(['SET UNLOGGED', 'SET LOGGED', 'SET TABLESPACE fast', 'SET ACCESS METHOD heap2'])(
  'what only copies the table gets no SQL that would copy it likewise: %s',
  (action) => {
    const sql = `alter table customers ${action}`;
    const times = { sentMs: 5000, respondedMs: 6000 };
    const record = statementRecord({ sql, ...times, rewrote: ['public.customers'] });
    const analysis = analyse(evidence({ steps: [...stepWindow('alter', 4900, 6100), record] }));
    const [stop] = stops(analysis);
    expect(stop && advise(stop, analysis, 'hold')).toMatchObject({
      effect: expect.stringContaining(`${action.replace(/ (fast|heap2)$/, '')} copied`) as unknown,
      advice: expect.stringContaining('swap the names') as unknown,
      insteadSql: null,
    });
  },
);
