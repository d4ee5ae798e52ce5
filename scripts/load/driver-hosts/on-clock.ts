import type { FromLoad } from '../messages.ts';

/** Times have so many parts of a millisecond. */
const PARTS = 1000;
const TIMES = 4;

/** Lines of requests.ndjson with their times moved by so many milliseconds. */
export function rowsOnClock(text: string, shiftMs: number): string {
  if (Math.abs(shiftMs) < 1 / PARTS) return text;
  return text.replaceAll(/^\[(.+)\]$/gm, (_, columns: string) => {
    const values = columns.split(',');
    const times = values.slice(0, TIMES).map((time) => Math.round((Number(time) + shiftMs) * PARTS) / PARTS);
    return `[${[...times, ...values.slice(TIMES)].join(',')}]`;
  });
}

/** What a load process of another host says, with the moments in it moved: of the run by `shiftMs`, of the host's own clock by `clockMs`. */
export function onClock(
  message: FromLoad,
  { shiftMs, clockMs }: { shiftMs: number; clockMs: number },
): FromLoad {
  switch (message.type) {
    case 'second': {
      const { second } = message;
      return {
        ...message,
        second: { ...second, stats: { ...second.stats, tMs: second.stats.tMs + shiftMs } },
      };
    }
    case 'session': {
      const { session } = message;
      return {
        ...message,
        session: { ...session, fromMs: session.fromMs + clockMs, toMs: session.toMs + clockMs },
      };
    }
    case 'event': {
      const { event } = message;
      if (event.type === 'baseline') return message;
      const from = event.type === 'maintenance' ? { fromMs: event.fromMs + shiftMs } : {};
      return { ...message, event: { ...event, ...from, tMs: event.tMs + shiftMs } };
    }
    case 'ready':
    case 'measured':
    case 'shares-set':
    case 'maintenance-set':
    case 'stopped':
    case 'failed':
      return message;
  }
}
