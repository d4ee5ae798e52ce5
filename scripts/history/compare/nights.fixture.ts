import { Random } from '../../load/chance/random.ts';
import type { Figure, RunLine } from '../lines/history-line.ts';

const DAY_MS = 86_400_000;
const FIRST_NIGHT = Date.parse('2026-01-01T02:00:00Z');
const FIGURES = 12;
/** A night in which all of the host is slow. */
const BAD_NIGHTS = 1 / 50;
const BAD_FACTOR = 1.5;

/** The line of a run that passed. */
export function runLine(rest: Partial<RunLine> = {}): RunLine {
  return {
    schemaVersion: 1,
    kind: 'run',
    runId: 'demo-20260101-020000-0001',
    rehearsal: 'demo',
    target: 'embedded',
    toolVersion: '0.1.0',
    startedAt: '2026-01-01T02:00:00.000Z',
    endedAt: '2026-01-01T02:01:00.000Z',
    verdict: 'pass',
    headline: 'All 2 steps ran.',
    findings: [],
    planSha256: 'a'.repeat(64),
    snapshot: { sha256: 'b'.repeat(64), takenAt: null, bytes: 1e9, rows: 1e6 },
    load: { ratePerSec: 50, connections: 5, seed: 1 },
    settings: { fsync: 'on' },
    machine: { name: 'builder', class: 'embedded · 2 CPU, 8 GiB, Linux 6.1' },
    postgresVersion: '18.4',
    commit: null,
    branch: null,
    regressionPercent: null,
    figures: [figure({})],
    ...rest,
  };
}

export function figure({ id = 'step:add', value = 1000, ...rest }: Partial<Figure>): Figure {
  return {
    id,
    scenario: 'quiet',
    title: `Step ${id}`,
    unit: 'ms',
    better: 'lower',
    budget: null,
    value,
    values: [value],
    ...rest,
  };
}

/** A run a night. */
export function nightOf(night: number, rest: Partial<RunLine> = {}): RunLine {
  const startedAt = new Date(FIRST_NIGHT + night * DAY_MS).toISOString();
  return runLine({ runId: `demo-${String(night).padStart(4, '0')}`, startedAt, endedAt: startedAt, ...rest });
}

/**
 * Nights of one host: twelve figures with log-normal noise, and one night in fifty in which everything takes half as long again.
 * @param slowFrom the night from which the first figure takes 25 % longer
 */
export function noisyNights(
  seed: number,
  nights: number,
  { slowFrom = Infinity, noise = 0.05 } = {},
): RunLine[] {
  const random = new Random(seed, 'nights');
  return Array.from({ length: nights }, (_, night) => {
    const bad = random.unit() < BAD_NIGHTS ? BAD_FACTOR : 1;
    const figures = Array.from({ length: FIGURES }, (__, index) => {
      const slow = index === 0 && night >= slowFrom ? 1.25 : 1;
      return figure({
        id: `step:${index}`,
        value: 1000 * slow * bad * Math.exp(noise * normal(random)),
      });
    });
    return nightOf(night, { figures });
  });
}

/** Box and Muller 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}
