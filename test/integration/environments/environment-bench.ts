import { readdirSync, readFileSync } from 'node:fs';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import type { HostSpec, PgSetting } from '../../../scripts/plan/model.ts';
import { SESSION_MARK } from '../../../infra/pulumi/engine-processes.ts';
import { PulumiEnvironment } from '../../../infra/pulumi/pulumi-environment.ts';
import { sessionFolderOf, type SessionFolder } from '../../../infra/pulumi/session-folder.ts';
import { localHostTarget } from '../../../infra/targets/local/local-host-target.ts';
import { localTarget } from '../../../infra/targets/local/local-target.ts';
import type { EnvironmentSpec } from '../../../infra/contract/target.ts';
import { localTraces } from '../../support/hosts/local-traces.ts';

const PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** Can this machine make local hosts by Pulumi? Elsewhere than in CI a missing part is said aloud and the tests may skip. */
export async function canMakeEnvironments(): Promise<boolean> {
  const availability = await localTarget.available();
  if (availability.available) return true;
  const message = `no environments of local hosts here: ${availability.why} (${availability.remedy})`;
  if (process.env['CI'] === 'true') throw new Error(`${message}; in CI no test may be skipped (see .ci/run)`);
  process.stderr.write(`SKIPPING TESTS: ${message}\n`);
  return false;
}

/** One run of its own, and what it leaves. */
export class EnvironmentBench {
  readonly spec: EnvironmentSpec;
  readonly folder: SessionFolder;
  /** What the environment said of its progress, in order. */
  readonly lines: string[] = [];
  readonly #dir: string;

  private constructor(dir: string, folder: SessionFolder, spec: EnvironmentSpec) {
    this.#dir = dir;
    this.folder = folder;
    this.spec = spec;
  }

  static async make(
    name: string,
    options: { standby?: boolean; settings?: PgSetting[]; hosts?: Record<string, HostSpec> } = {},
  ): Promise<EnvironmentBench> {
    const { standby = false, settings = [], hosts = {} } = options;
    const dir = await mkdtemp(join(tmpdir(), 'environment-bench-'));
    const bundle = join(dir, 'driver.mjs');
    await writeFile(bundle, 'process.stdout.write("the engine")\n');
    const runId = newRunId(name);
    return new EnvironmentBench(dir, await sessionFolderOf(runId), {
      runId,
      postgres: { settings, standby },
      hosts,
      expiresAt: new Date(Date.now() + 10 * 60_000).toISOString(),
      driverBundle: () => Promise.resolve(bundle),
    });
  }

  /** Another one for the same run is what a controller that restarted has. */
  environment(): PulumiEnvironment {
    return new PulumiEnvironment(this.spec, localHostTarget, { onProgress: (line) => this.lines.push(line) });
  }

  /** Returns when the environment has said that line. */
  async said(line: string): Promise<void> {
    const deadlineMs = Date.now() + PATIENCE_MS;
    while (!this.lines.includes(line)) {
      if (Date.now() > deadlineMs) throw new Error(`never said "${line}", only ${this.lines.join(', ')}`);
      await sleep(POLL_MS);
    }
  }

  /** Everything that this machine still has of the run, and what `leftovers` knows of it. */
  async traces(): Promise<string[]> {
    const found = (await localTarget.leftovers(AbortSignal.timeout(60_000))).found.filter(
      ({ runId }) => runId === this.spec.runId,
    );
    return [
      ...localTraces(this.spec.runId),
      ...found.map(({ what }) => what),
      ...this.engineProcesses().map(({ pid, name }) => `process ${pid} ${name}`),
    ];
  }

  /** The CLI and its plugins that work for this run. */
  engineProcesses(): { pid: number; name: string }[] {
    const mark = `${SESSION_MARK}=${this.folder.path}`;
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => {
        try {
          if (!readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(mark)) return [];
          return [{ pid: Number(entry), name: readFileSync(`/proc/${entry}/comm`, 'utf8').trim() }];
        } catch {
          return [];
        }
      });
  }

  async close(): Promise<void> {
    await this.environment().destroy();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
