import type { EnvironmentRecord, RunRecord } from '../../artifacts/records/records.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { loadEndMs, planStartMs } from '../analysis/step-runs.ts';
import type { Result } from './contract/result.ts';
import { rentedInstead } from './rented-instead.ts';

const HOUR_MS = 3_600_000;

type EnvironmentResult = Result['environment'];

/** The environment from its making to its end, with what it took and cost. */
export function environmentResult(analysis: Analysis): EnvironmentResult {
  const { environment, run } = analysis.evidence;
  if (environment === undefined) return UNKNOWN;
  const { hosts, createMs, destroyMs, leftovers, left, price, postgresVersion, settings } = environment;
  const keptUntil = environment.keptUntil ?? null;
  const lifeMs = lifeOf(environment, run);
  return {
    hosts,
    hostInfo: (environment.hostInfo ?? []).map(({ role, address, cpus, memoryBytes }) => {
      return { role, address, cpus: cpus ?? null, memoryBytes: memoryBytes ?? null };
    }),
    created: environment.created ? { ...environment.created } : null,
    engine: environment.engine ?? null,
    createMs,
    destroyMs,
    firstStatementMs: firstStatementMs(analysis, environment),
    emptyMs: keptUntil === null ? emptyMs(analysis, environment) : null,
    // What is kept was not swept for.
    leftovers: keptUntil === null ? leftovers : null,
    left: [...(left ?? [])],
    keptUntil,
    ...sharedOf(environment),
    hours: lifeMs === null ? null : (hosts * lifeMs) / HOUR_MS,
    price: price && { amountPerHour: price.amountPerHour, currency: price.currency },
    cost:
      price === null || lifeMs === null
        ? null
        : { amount: billedAmount(price, lifeMs), currency: price.currency },
    rentedInstead: price === null ? rentedInstead(lifeMs, analysis.standby === null ? 1 : 2) : [],
    postgresVersion,
    settings: settings.map((setting) => ({ ...setting })),
    machine: { ...environment.machine },
  };
}

function sharedOf({ shared }: EnvironmentRecord): Pick<EnvironmentResult, 'shared'> {
  if (shared === undefined) return {};
  const { id, position, of, bootMs, freshMs } = shared;
  return { shared: { id, position, of, bootMs, freshMs } };
}

/** What a life of so long costs by the cloud's billing rule. */
export function billedAmount(price: NonNullable<EnvironmentRecord['price']>, lifeMs: number): number {
  const amount = (price.amountPerHour * billedMs(price, lifeMs)) / HOUR_MS;
  return (price.spentBefore ?? 0) + Math.max(price.billing?.minimumAmount ?? 0, amount);
}

/** The time that is billed for a life of `lifeMs`. */
function billedMs({ billing }: NonNullable<EnvironmentRecord['price']>, lifeMs: number): number {
  if (billing === undefined) return lifeMs;
  const { unitMs, minimumMs } = billing;
  return Math.max(minimumMs, Math.ceil(lifeMs / unitMs) * unitMs);
}

const UNKNOWN: EnvironmentResult = {
  hosts: 0,
  hostInfo: [],
  created: null,
  engine: null,
  createMs: 0,
  destroyMs: null,
  firstStatementMs: null,
  emptyMs: null,
  leftovers: null,
  left: [],
  keptUntil: null,
  hours: null,
  price: null,
  cost: null,
  rentedInstead: [],
  postgresVersion: 'unknown',
  settings: [],
  machine: { cpus: 0, memoryBytes: 0, os: 'unknown' },
};

/** From the beginning of the environment's making to the plan's first step; before a later playing there were others. */
function firstStatementMs({ steps, evidence }: Analysis, environment: EnvironmentRecord): number | null {
  if ((evidence.playing?.index ?? 1) > 1) return null;
  const firstMs = planStartMs(steps.map((step) => step.run));
  const zero = evidence.run.startedAt;
  const beforeZeroMs = Date.parse(zero) - Date.parse(environment.startedAt ?? zero);
  return firstMs === undefined ? null : firstMs + Math.max(0, beforeZeroMs);
}

/** From the end of the load to the moment when the environment was found to be gone; behind an earlier playing there were others. */
function emptyMs({ evidence }: Analysis, environment: EnvironmentRecord): number | null {
  const { run, playing } = evidence;
  if (playing !== undefined && playing.index < (run.playings?.length ?? 1)) return null;
  const endMs = loadEndMs(evidence);
  const end = environment.endedAt ?? run.endedAt;
  if (endMs === undefined || end === null || environment.destroyMs === null) return null;
  return Math.max(0, Date.parse(end) - Date.parse(run.startedAt) - endMs);
}

/** Null while it goes on. */
function lifeOf(environment: EnvironmentRecord, run: RunRecord): number | null {
  const end = environment.endedAt ?? run.endedAt;
  return end === null
    ? null
    : Math.max(0, Date.parse(end) - Date.parse(environment.startedAt ?? run.startedAt));
}
