import { figure, nightOf } from '../compare/nights.fixture.ts';
import type { History } from '../lines/history-file.ts';
import type { RunLine } from '../lines/history-line.ts';
import { Random } from '../../load/chance/random.ts';

const NIGHTS = 45;
/** Breaks out of text and attributes wherever one of them is left unescaped. */
const HOSTILE = `"'></style></title><script>alert(1)</script><img src=x onerror=alert(2)>&lt;`;

/** Four rehearsals over 45 nights: one grows towards its budget, one fails, one was killed, one has hostile texts. */
export function sampleHistory(): History {
  const runs = sampleRuns();
  const note = { schemaVersion: 1, kind: 'note', at: '2026-02-01T00:00:00Z', by: 'ann' } as const;
  return {
    runs: runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
    notes: [
      { ...note, runId: `not-null-direct-${NIGHTS - 1}`, text: `accepted: the table is small ${HOSTILE}` },
    ],
    pinned: new Set(),
    problems: ['history.ndjson: line 7 cannot be read, cut off or damaged: left out'],
  };
}

function sampleRuns(): RunLine[] {
  const random = new Random(3, 'index');
  const noise = (): number => 1 + 0.06 * (random.unit() - 0.5);
  const of = (rehearsal: string, make: (night: number) => Partial<RunLine>): RunLine[] =>
    Array.from({ length: NIGHTS }, (_, night) =>
      nightOf(night, { rehearsal, runId: `${rehearsal}-${night}`, ...make(night) }),
    );
  return [
    ...of('rename-column', (night) => ({
      snapshot: { sha256: `s${night >> 3}`, takenAt: null, bytes: 2e9 * 1.01 ** night, rows: 1e6 },
      planSha256: (night < 12 ? 'a' : 'b').repeat(64),
      headline: 'All 9 steps ran: no request failed, 37 were delayed, the longest stop of the app was 0 ms.',
      figures: [
        figure({ id: 'lockWait', title: 'Longest stop of the app', budget: 500, value: 12 * noise() }),
        figure({
          id: 'lockHold',
          title: 'Longest hold that stops the app',
          budget: 400,
          value: (120 + 4 * night) * noise(),
        }),
        figure({ id: 'step:backfill', title: 'Step backfill', value: 9000 * 1.01 ** night * noise() }),
        figure({
          id: 'backfillRate',
          title: 'Backfill',
          unit: 'rows/s',
          better: 'higher',
          budget: 4000,
          value: 9000 * noise(),
        }),
      ],
    })),
    ...of('not-null-direct', (night) => ({
      verdict: night < 30 ? 'pass' : 'fail',
      headline:
        'Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited, none failed.',
      figures: [
        figure({
          id: 'lockWait',
          title: 'Longest stop of the app',
          budget: 500,
          value: night < 30 ? 40 * noise() : 2190 * noise(),
        }),
      ],
    })),
    ...of('killed', (night) =>
      night < NIGHTS - 1
        ? {}
        : { verdict: null, headline: 'killed by a signal', figures: [], planSha256: '' },
    ),
    ...of('hostile', () => ({
      verdict: 'inconclusive',
      headline: HOSTILE,
      figures: [figure({ title: HOSTILE, scenario: HOSTILE, budget: 10 })],
    })),
  ];
}
