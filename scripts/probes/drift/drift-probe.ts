import type { SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { isConnectionLoss } from '../../pg/pg-error.ts';
import type { AppVersion, BackfillStep, Step } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { countOther, filledValues, type FilledValues } from './filled-values.ts';
import { isNamedIn, writes } from './names-in.ts';

interface DriftSetup {
  readonly endpoint: PgEndpoint;
  /** In order of rollout. */
  readonly versions: readonly AppVersion[];
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
}

interface Filled {
  readonly step: BackfillStep;
  readonly values: FilledValues;
  readonly otherBefore: number;
}

/**
 * Counts before a deploy which rows no longer hold what a backfill before it had put there: an app that does not know the new
 * column goes on writing the old one.
 */
export class DriftProbe {
  readonly #setup: DriftSetup;
  #live: AppVersion | undefined;
  #filled: Filled[] = [];

  constructor(setup: DriftSetup) {
    this.#setup = setup;
    this.#live = setup.versions[0];
  }

  async before(step: Step, signal: AbortSignal): Promise<void> {
    switch (step.kind) {
      case 'backfill':
        return this.#look((client) => this.#beforeBackfill(step, client), signal);
      case 'deploy':
        await this.#look((client) => this.#beforeDeploy(step.name, client), signal);
        this.#live = this.#setup.versions.find(({ name }) => name === step.to);
        this.#filled = [];
        return;
      case 'sql':
        // The plan itself may fill the columns otherwise.
        this.#filled = this.#filled.filter(
          ({ values }) => !step.files.some(({ text }) => isNamedIn(values.columns, text)),
        );
        return;
      case 'command':
        this.#filled = [];
        return;
      case 'soak':
      case 'verify':
      case 'maintenance':
        return;
    }
  }

  async #beforeBackfill(step: BackfillStep, client: PgClient): Promise<void> {
    const values = await filledValues(step, client);
    if (values === undefined) return;
    const before = step.where === undefined ? { other: 0 } : await countOther(values, client);
    if (before !== undefined) this.#filled.push({ step, values, otherBefore: before.other });
  }

  async #beforeDeploy(deploy: string, client: PgClient): Promise<void> {
    const { writer, clock } = this.#setup;
    const scripts = this.#live?.scripts ?? [];
    for (const { step, values, otherBefore } of this.#filled) {
      const { columns } = values;
      // An app that writes the column knows what belongs there.
      if (scripts.some(({ text }) => isNamedIn(columns, text))) continue;
      const now = await countOther(values, client);
      if (now === undefined) continue;
      const { rows, other } = now;
      const facts = { table: step.table, columns, rows, other, otherBefore };
      const writers = scripts.filter(({ text }) => writes(step.table, text));
      writer.write({
        type: 'drift',
        step: deploy,
        backfill: step.name,
        tMs: clock.now(),
        ...facts,
        writers: writers.map(({ name }) => `${this.#live?.name ?? ''}/${name}`),
      });
    }
  }

  async #look(look: (client: PgClient) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await withConnection(this.#setup.endpoint, 'setup', look, signal);
    } catch (error) {
      // Whoever watches the server tells of it.
      signal.throwIfAborted();
      if (!(error instanceof RehearsalError) && !isConnectionLoss(error)) throw error;
    }
  }
}
