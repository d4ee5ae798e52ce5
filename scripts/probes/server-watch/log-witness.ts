import type { PgClient } from '../../pg/client.ts';
import { openLogFile, type LogFile } from '../server-log/log-file.ts';
import { troublesIn, type LogTrouble } from './log-trouble.ts';

/** Reads a server's log for what went wrong, from where it was first opened; after a crash by another connection. */
export class LogWitness {
  #log: LogFile | undefined;
  #offset: number | undefined;
  #rest = '';

  /** A log that cannot be read here is no witness: false. */
  async open(client: PgClient): Promise<boolean> {
    await this.close();
    try {
      this.#log = await openLogFile(client, this.#offset);
      return true;
    } catch {
      return false;
    }
  }

  /** What has come since the last time. @throws when the connection is gone */
  async read(): Promise<LogTrouble[]> {
    if (this.#log === undefined) return [];
    const lines = (this.#rest + (await this.#log.read()).toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#offset = this.#log.offset;
    return troublesIn(lines);
  }

  async close(): Promise<void> {
    const log = this.#log;
    this.#log = undefined;
    await log?.close();
  }
}
