import { failedFunction } from '../../pg/messages/failed-function.ts';
import { publicHint, publicMessage } from '../../pg/messages/public-text.ts';
import type { AppConnection } from '../app-connection.ts';
import type { Choice } from '../traffic/traffic-mix.ts';

/** What the server said, once for each script and SQLSTATE: what fails at all mostly fails with every request. */
export class FirstWords {
  readonly #told = new Set<string>();

  /** @returns undefined where it was told before, or the failure was not the server's answer */
  of(
    { version, script }: Choice,
    outcome: string,
    connection: Pick<AppConnection, 'said'>,
  ): { readonly message: string; readonly hint: string | null; readonly inside?: string } | undefined {
    const kind = `${version} ${script} ${outcome}`;
    if (this.#told.has(kind)) return undefined;
    const { said } = connection;
    if (said.code !== outcome) return undefined;
    this.#told.add(kind);
    const inside = failedFunction(said.where);
    return {
      message: publicMessage(said),
      hint: publicHint(said) ?? null,
      ...(inside === undefined ? {} : { inside }),
    };
  }
}
