import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RehearsalError } from '../../shared/errors.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import { stage } from '../progress/progress-fixture.ts';
import { openRunLog } from './run-log.ts';

test('every event and error is one JSON line with its time, without secrets', async () => {
  registerSecret('swordfish-1');
  const folder = await mkdtemp(join(tmpdir(), 'rehearse-log-'));
  try {
    const log = openRunLog(folder);
    log.log(stage('snapshot', 'progress', 'with swordfish-1', 0.5));
    log.log({ type: 'note', message: 'target embedded' });
    log.error(new RehearsalError('RESTORE_FAILED', 'password swordfish-1 was refused'));
    log.close();
    const lines = (await readFile(join(folder, 'run.ndjson'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    expect(records).toEqual([
      {
        time,
        level: 'debug',
        event: 'stage',
        stage: 'snapshot',
        state: 'progress',
        detail: 'with ***',
        fraction: 0.5,
        etaMs: null,
      },
      { time, level: 'info', event: 'note', message: 'target embedded' },
      {
        time,
        level: 'error',
        event: 'error',
        code: 'RESTORE_FAILED',
        msg: 'password *** was refused',
        stack: expect.stringMatching(/^ +at /) as string,
      },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
