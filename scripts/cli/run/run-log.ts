import { join } from 'node:path';
import pino from 'pino';
import type { RunEvent } from '../../engine/events.ts';
import { asError, ofFile, RehearsalError } from '../../shared/errors.ts';
import { redact } from '../../shared/text/redact.ts';
import { withoutSecrets } from '../output/without-secrets.ts';

/** The log of one run: `run.ndjson` in its folder, one JSON object a line, without secrets. */
export interface RunLog {
  log(event: RunEvent): void;
  /** What ended the run; the stack is for whoever has to find a bug. */
  error(thrown: unknown): void;
  close(): void;
}

/** `folder` is the run folder; a crash loses no line, because each is written before `log` returns. */
export function openRunLog(folder: string): RunLog {
  const file = join(folder, 'run.ndjson');
  const destination = pino.destination({ dest: file, sync: true, append: true });
  const written = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      throw ofFile(error, file);
    }
  };
  const logger = pino(
    {
      level: 'debug',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['password', '*.password', 'environment', '*.environment'], censor: '***' },
    },
    destination,
  );
  return {
    log: (event) => {
      const { type, ...fields } = withoutSecrets(event);
      written(() => {
        logger[levelOf(event)]({ event: type, ...fields });
      });
    },
    error: (thrown) => {
      const error = asError(thrown);
      const code = error instanceof RehearsalError ? error.code : 'INTERNAL';
      const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
      written(() => {
        logger.error({ event: 'error', code, stack: at.join('\n') }, redact(error.message));
      });
    },
    close: () => {
      written(() => {
        destination.end();
      });
    },
  };
}

function levelOf(event: RunEvent): 'debug' | 'info' | 'error' {
  if (event.type === 'traffic') return 'debug';
  if (event.type === 'note' || event.type === 'playing') return 'info';
  if (event.state === 'failed') return 'error';
  return event.state === 'progress' ? 'debug' : 'info';
}
