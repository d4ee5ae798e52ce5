import type { StatementNotice } from '../../artifacts/records/records.ts';
import type { PgClient } from '../../pg/client.ts';
import { publicNotice, type ServerNotice } from '../../pg/messages/notice.ts';

/** More different ones say nothing more: a loop that raises can say a million. */
const MOST_KEPT = 50;

/** What the server says beside its answers, from one look into it to the next. */
export class Notices {
  #said = new Map<string, { notice: ServerNotice; count: number }>();

  /** @param client absent = whoever hears them notes them */
  constructor(client?: PgClient) {
    client?.on('notice', (message) => {
      this.note(message);
    });
  }

  /** @param message public */
  note(message: Parameters<typeof publicNotice>[0]): void {
    const notice = publicNotice(message);
    if (notice !== undefined) this.#note(notice);
  }

  /** All that was said since the last time, also before by what is no statement of its own, such as COMMIT; alike ones once. */
  take(): StatementNotice[] {
    const said = [...this.#said.values()];
    this.#said = new Map();
    return said.map(({ notice, count }) => ({ ...notice, count }));
  }

  #note(notice: ServerNotice): void {
    const key = JSON.stringify(notice);
    const known = this.#said.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#said.size < MOST_KEPT) this.#said.set(key, { notice, count: 1 });
  }
}
