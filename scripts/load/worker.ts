import '../shared/quick-start.mjs';
import { registerNames } from '../pg/messages/public-names.ts';
import { ownSessions } from '../pg/own-sessions.ts';
import { publicPgError } from '../pg/pg-error.ts';
import { asError, RehearsalError, type ErrorCode } from '../shared/errors.ts';
import { Generator } from './generator.ts';
import type { FromLoad, LoadOrder, ToLoad } from './messages.ts';

/*
 * The load process: takes its order from the controller over IPC and reports over IPC alone. It ignores Ctrl-C and
 * hang-up, which the terminal sends to it as well: the controller ends it in order, and if the controller is gone it ends
 * itself.
 */

let generator: Generator | undefined;
let failed = false;

process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('disconnect', endNow);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('message', (message: ToLoad) => {
  handle(message).catch(fail);
});

async function handle(message: ToLoad): Promise<void> {
  switch (message.type) {
    case 'start':
      await start(message.order);
      break;
    case 'begin':
      await generator?.begin();
      send({ type: 'measured' });
      break;
    case 'arrive':
      generator?.arrive(message.startMs);
      break;
    case 'shares':
      await generator?.setShares(message.shares);
      send({ type: 'shares-set', id: message.id });
      break;
    case 'maintenance':
      await generator?.setMaintenance(message.isOn);
      send({ type: 'maintenance-set' });
      break;
    case 'stop': {
      const { unfinished } = (await generator?.stop(message.drainMs)) ?? { unfinished: 0 };
      process.off('disconnect', endNow);
      send({ type: 'stopped', unfinished }, () => {
        process.disconnect();
      });
    }
  }
}

async function start(order: LoadOrder): Promise<void> {
  registerNames(order.publicNames);
  ownSessions(order.endpoint).listen((session) => {
    send({ type: 'session', session });
  });
  generator = await Generator.open(order, {
    onSecond: (second) => {
      send({ type: 'second', second });
    },
    onEvent: (event) => {
      send({ type: 'event', event });
    },
    onError: fail,
  });
  send({ type: 'ready' });
}

/** Tells the controller why, once, and ends. The text never quotes rows. */
function fail(thrown: unknown): void {
  if (failed) return;
  failed = true;
  send({ type: 'failed', code: codeOf(thrown), message: publicPgError(thrown).message }, endNow);
}

function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof RehearsalError) return thrown.code;
  return 'code' in asError(thrown) && (thrown as NodeJS.ErrnoException).code === 'ENOSPC'
    ? 'DISK_FULL'
    : 'LOAD_DIED';
}

/** Nothing is left to save, and open sockets must not keep the process alive. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

function send(message: FromLoad, then: () => void = () => undefined): void {
  if (!process.send || !process.connected) {
    then();
    return;
  }
  process.send(message, then);
}
