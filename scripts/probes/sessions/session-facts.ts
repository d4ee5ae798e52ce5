import type { SessionFacts } from '../../artifacts/records/records.ts';
import type { Asker } from '../../pg/asker.ts';
import { publicName, publicStatement } from '../../pg/messages/public-statement.ts';

const FACTS = {
  name: 'rehearse_blockers',
  rowMode: 'array' as const,
  text: `select pid, coalesce(application_name, ''), state, query,
                extract(epoch from clock_timestamp() - xact_start) * 1000
           from pg_stat_activity where pid = any($1::int[])`,
};
type FactsRow = [
  pid: number,
  name: string,
  state: string | null,
  query: string | null,
  transactionMs: string | null,
];

/** What a session does changes; asking at every poll would cost more than it tells. */
const FRESH_MS = 200;
/** The more there are, the rarer each is asked for: so many a second in all. */
const MOST_PER_SEC = 200;

/** What is right to call a session, whatever it calls itself; undefined = as it calls itself. */
type NameOf = (pid: number) => string | undefined;

/** What the sessions do that others wait for. Their statements never leave here with a value in them. */
export class BlockerFacts {
  readonly #known = new Map<number, { tMs: number; told: string }>();
  readonly #nameOf: NameOf;

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** Facts of those of `pids` that are new or do something else by now. */
  async changed(client: Asker, pids: Iterable<number>, tMs: number): Promise<SessionFacts[]> {
    const distinct = [...new Set(pids)];
    const freshMs = Math.max(FRESH_MS, (distinct.length / MOST_PER_SEC) * 1000);
    const due = distinct.filter((pid) => tMs - (this.#known.get(pid)?.tMs ?? -Infinity) > freshMs);
    if (due.length === 0) return [];
    const { rows } = await client.query<FactsRow>({ ...FACTS, values: [due] });
    return rows.flatMap(([pid, name, state, query, transactionMs]) => {
      const facts = {
        pid,
        applicationName: this.#nameOf(pid) ?? publicName(name),
        state,
        query: query === null ? null : publicStatement(query),
      };
      const told = JSON.stringify(facts);
      const isNew = this.#known.get(pid)?.told !== told;
      this.#known.set(pid, { tMs, told });
      return isNew
        ? [{ ...facts, transactionMs: transactionMs === null ? null : Number(transactionMs) }]
        : [];
    });
  }
}
