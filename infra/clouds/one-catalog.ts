import { monotonicMs } from '../../scripts/shared/clock.ts';
import type { Catalog, Cloud } from './cloud.ts';

const FRESH_MS = 60_000;

/** The same cloud, whose catalog is asked for once a minute: doctor, estimate and order of one command see the same prices. */
export function withOneCatalog(cloud: Cloud): Cloud {
  let last: { readonly atMs: number; readonly catalog: Promise<Catalog> } | undefined;
  const catalog = (signal: AbortSignal): Promise<Catalog> => {
    if (last && monotonicMs() - last.atMs < FRESH_MS) return last.catalog;
    const asked = cloud.catalog(signal);
    last = { atMs: monotonicMs(), catalog: asked };
    asked.catch(() => (last = undefined));
    return asked;
  };
  return new Proxy(cloud, {
    get: (inner, key): unknown => {
      if (key === 'catalog') return catalog;
      const value: unknown = Reflect.get(inner, key, inner);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(inner) : value;
    },
  });
}
