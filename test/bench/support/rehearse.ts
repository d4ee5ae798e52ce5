import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { loadAdvice } from '../../../scripts/checks/advice.ts';
import { analyse, type Analysis } from '../../../scripts/checks/analysis/analyse.ts';
import { readEvidence } from '../../../scripts/checks/evidence/evidence.ts';
import { startRecord } from '../../../scripts/cli/run/run-record.ts';
import { runEngine } from '../../../scripts/engine/engine.ts';
import { loadRecord } from '../../../scripts/engine/load-record.ts';
import { parseVersions } from '../../../scripts/load/scripts/parse-versions.ts';
import { planPlayings } from '../../../scripts/plan/plan-playings.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { tinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { withBenchServer } from './server.ts';
import { TrueLockTrace, type TrueLocks, type TrueSpan } from './true-locks.ts';

interface BenchRehearsal {
  /** All of rehearsal.yaml before `plan:`. */
  readonly head: string;
  readonly plan: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Rehearsed {
  /** What the product makes of the run. */
  readonly analysis: Analysis;
  /** What happened, on the run's clock. */
  readonly truth: TrueLocks;
}

/**
 * Rehearses on a server of its own, with the engine of the product and everything that it switches on here, while the truth is
 * traced beside it from the beginning of the load.
 * @throws Error where the truth cannot be traced: nothing is measured then
 */
export async function rehearseWithTruth({ head, plan, files }: BenchRehearsal): Promise<Rehearsed> {
  const tiny = await tinyRehearsal(plan, files, head);
  const path = await mkdtemp(join(tmpdir(), 'bench-run-'));
  try {
    return await withBenchServer(async ({ endpoint }) => {
      const rehearsal = await readRehearsal(tiny.dir, { cwd: tiny.dir, env: {} });
      const versions = parseVersions(rehearsal.load, (file) => file);
      const playings = planPlayings(rehearsal.scenarios, 1);
      const folder = await RunFolder.create(path);
      const trace = await TrueLockTrace.start(endpoint);
      const clock = new RunClock();
      const fixed = { runId: 'bench', target: 'embedded', toolVersion: '', planSha256: '' };
      await folder.writeDocument('run', {
        ...startRecord(rehearsal, {
          ...fixed,
          startedAt: clock.startedAt,
          playings,
          load: loadRecord(rehearsal, versions),
        }),
        endedAt: clock.startedAt,
        outcome: 'completed',
      });
      let traced: TrueLocks | undefined;
      try {
        const failure = await runEngine({
          rehearsal,
          versions,
          folder,
          clock,
          playings,
          signal: new AbortController().signal,
          environment: {
            primary: endpoint,
            standby: null,
            restoreSettings: [],
            enclose: null,
            scratchDir: path,
            switchTo: () => Promise.resolve(),
          },
          onServer: () => Promise.resolve(),
          onEvent: () => undefined,
        });
        if (failure) throw failure;
      } finally {
        traced = await trace.stop();
      }
      await loadAdvice();
      const onRunClock = (span: TrueSpan): TrueSpan => ({
        ...span,
        fromMs: span.fromMs - clock.zeroMs,
        toMs: span.toMs - clock.zeroMs,
      });
      return {
        analysis: analyse(await readEvidence(folder)),
        truth: { holds: traced.holds.map(onRunClock), waits: traced.waits.map(onRunClock) },
      };
    });
  } finally {
    await rm(path, { recursive: true, force: true });
    await tiny.remove();
  }
}
