import type { Answer } from './fake-server.ts';

type Body = Record<string, unknown>;

/** What was made a moment ago, and no list shows yet. */
export class Unlisted {
  readonly #until = new Map<string, number>();
  readonly #lagMs: number;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  /** The thing in the answer to an order at that path. */
  hide(path: string, [, out]: Answer): void {
    const made = Object.values((out ?? {}) as Body).find((value) => idOf(value) !== undefined);
    if (made !== undefined) this.#until.set(`${path} ${idOf(made)}`, Date.now() + this.#lagMs);
  }

  /** The answer to a look at that path, as long as the lists lag behind. */
  shown(path: string, [status, out]: Answer): Answer {
    if (this.#until.size === 0 || out === undefined) return [status, out];
    const isHidden = (value: unknown): boolean =>
      (this.#until.get(`${path} ${idOf(value)}`) ?? 0) > Date.now();
    const body = { ...(out as Body) };
    for (const [key, value] of Object.entries(body)) {
      if (!Array.isArray(value) || !value.some(isHidden)) continue;
      const listed = value.filter((one) => !isHidden(one));
      body[key] = listed;
      if (typeof body['total'] === 'number') body['total'] -= value.length - listed.length;
    }
    return [status, body];
  }
}

function idOf(value: unknown): string | undefined {
  const { id } = (typeof value === 'object' && value !== null ? value : {}) as Body;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
