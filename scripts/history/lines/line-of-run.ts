import { join } from 'node:path';
import { z } from 'zod';
import type { RunRecord } from '../../artifacts/records/records.ts';
import { playingsFolder } from '../../artifacts/former-names.ts';
import { readResult } from '../../checks/result/contract/former-names.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { readPlainFile } from '../../shared/files/plain-file.ts';
import { figuresOf } from './figures.ts';
import type { RunLine } from './history-line.ts';
import { machineClass } from './machine-class.ts';

const MOST_FINDINGS = 20;

/** Only what a line needs of a run that was not judged. */
const unjudged = z.object({
  runId: z.string(),
  rehearsal: z.string(),
  target: z.string(),
  toolVersion: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  planSha256: z.string(),
  outcome: z.string(),
  problem: z.string().nullable(),
  budgets: z.object({ regressionPercent: z.number().optional() }).default({}),
}) satisfies z.ZodType<Partial<Record<keyof RunRecord, unknown>>>;

/**
 * The line of a run folder.
 * @param cpuModel null where the run was made on another machine
 * @returns undefined where it is no run folder, or its run has not ended
 */
export async function lineOfRun(path: string, cpuModel: string | null): Promise<RunLine | undefined> {
  const record = unjudged.safeParse(await documentOf(path, 'artifacts', 'run.json'));
  if (!record.success || record.data.endedAt === null) return undefined;
  const { outcome, problem, budgets, ...run } = record.data;
  const regressionPercent = budgets.regressionPercent ?? null;
  const result = readResult(await documentOf(path, 'result.json'));
  const fixed = { schemaVersion: 1 as const, kind: 'run' as const, ...run, regressionPercent };
  if (result === undefined) {
    const nothing = { verdict: null, findings: [], snapshot: null, load: null, settings: {}, machine: null };
    return {
      ...fixed,
      ...nothing,
      headline: problem ?? `ended as ${outcome}`,
      postgresVersion: null,
      commit: null,
      branch: null,
      figures: [],
    };
  }
  const playings = await playingsOf(path, result);
  return { ...fixed, ...judgedPart(result, playings, cpuModel) };
}

function judgedPart(result: Result, playings: readonly Result[], cpuModel: string | null) {
  const { snapshot, environment, origin, load } = result;
  return {
    verdict: result.verdict,
    headline: result.headline,
    findings: result.findings
      .slice(0, MOST_FINDINGS)
      .map(({ check, status, step }) => ({ check, status, step })),
    snapshot: snapshot && {
      sha256: snapshot.sha256,
      takenAt: snapshot.takenAt,
      bytes: snapshot.bytes,
      rows: snapshot.tables.reduce((sum, { rows }) => sum + rows, snapshot.tablesLeftOut?.rows ?? 0),
    },
    load: { ratePerSec: load.ratePerSec, connections: load.connections, seed: load.seed },
    settings: Object.fromEntries(environment.settings.map(({ name, shown }) => [name, shown])),
    machine: { name: origin?.machine ?? null, class: machineClass(result, cpuModel) },
    postgresVersion: environment.postgresVersion,
    commit: origin?.commit ?? null,
    branch: origin?.branch ?? null,
    figures: figuresOf(result, playings),
  };
}

async function playingsOf(path: string, { playings }: Result): Promise<Result[]> {
  const found: Result[] = [];
  const folder = playingsFolder(path);
  for (const { index } of playings?.played ?? []) {
    const result = readResult(await documentOf(path, folder, String(index), 'result.json'));
    if (result !== undefined) found.push(result);
  }
  return found;
}

/** Undefined where it is missing, no file, or no JSON. */
async function documentOf(...parts: string[]): Promise<unknown> {
  try {
    return JSON.parse((await readPlainFile(join(...parts))).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
