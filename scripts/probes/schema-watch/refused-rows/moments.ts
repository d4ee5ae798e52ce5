import type { RowsSince } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../../../pg/asker.ts';

interface Moment {
  /** The first transaction that had not begun then. */
  readonly xid: string;
  /** What has been going on until then. */
  readonly until: Pick<RowsSince, 'when' | 'step'>;
}

/** The next transaction at the ends of each step, by which a row tells when it was written. */
export class Moments {
  readonly #server: Asker;
  readonly #moments: Moment[] = [];

  constructor(server: Asker) {
    this.#server = server;
  }

  /** @throws what PostgreSQL says */
  async planBegins(): Promise<void> {
    await this.#note({ when: 'before', step: null });
  }

  /** @throws what PostgreSQL says */
  async stepBegins(step: string): Promise<void> {
    await this.#note({ when: 'ahead', step });
  }

  /** @throws what PostgreSQL says */
  async stepEnds(step: string): Promise<void> {
    await this.#note({ when: 'during', step });
  }

  get xids(): string[] {
    return this.#moments.map(({ xid }) => xid);
  }

  /** What went on before that moment, counted from 1; the step itself where it is none of them. */
  before(moment: number, step: string): Pick<RowsSince, 'when' | 'step'> {
    return this.#moments[moment - 1]?.until ?? { when: 'during', step };
  }

  async #note(until: Moment['until']): Promise<void> {
    const { rows } = await this.#server.query<[string]>({
      text: 'select (txid_snapshot_xmax(txid_current_snapshot()) % 4294967296)::text',
      rowMode: 'array',
    });
    if (rows[0] !== undefined) this.#moments.push({ xid: rows[0][0], until });
  }
}
