import { expect, it } from 'vitest';
import { CloudUnclear } from '../../clouds/api.ts';
import { explainedBy } from './explain.ts';

const resourceType = 'rehearsal:index:CloudHost';
const { hint } = new CloudUnclear('');

it('tells a refusal from an answer that was unclear, and has the hint apart', () => {
  const refused = { resourceType, message: 'Raff POST /vms answers 402: no\nhint: see the billing page' };
  expect(explainedBy('Raff', refused)).toMatchObject({
    code: 'CLOUD_REFUSED',
    message: 'Raff POST /vms answers 402: no',
    hint: 'see the billing page',
  });
  const unclear = { resourceType, message: `SSH of it did not answer\nhint: ${hint}\n` };
  expect(explainedBy('Raff', unclear)).toMatchObject({
    code: 'CLOUD_UNCLEAR',
    message: 'Raff: SSH of it did not answer',
    hint,
  });
  expect(explainedBy('Raff', { resourceType: 'command:remote:Command', message: 'no' })).toBeUndefined();
});

it('reads the list that the engine makes of the reasons of what is half made', () => {
  const message = `3 errors occurred:\n\t* Raff GET /vms answers 500: no\n\t* and it may be left: no answer\n\t* hint: ${hint}\n\n`;
  expect(explainedBy('Raff', { resourceType, message })).toMatchObject({
    code: 'CLOUD_UNCLEAR',
    message: 'Raff GET /vms answers 500: no\nand it may be left: no answer',
    hint,
  });
});
