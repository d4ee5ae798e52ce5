import type { DiffResult } from '@pulumi/pulumi/provider/provider.js';
import { isDeepStrictEqual } from 'node:util';
import { revealed, signatureOf, type WireProperties } from '../provider-kit/wire.ts';

/**
 * A change of `triggers` replaces the resource. Whether anything else changed is left to the engine, which compares the old
 * inputs with the new.
 */
export function diffTriggers(olds: WireProperties, news: WireProperties): DiffResult {
  const same = isDeepStrictEqual(
    byContent(revealed(olds['triggers'] ?? [])),
    byContent(revealed(news['triggers'] ?? [])),
  );
  return { replaces: same ? [] : ['triggers'] };
}

/** Assets and archives are the same when their content is, wherever it lies. */
function byContent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byContent);
  if (typeof value !== 'object' || value === null) return value;
  if (signatureOf(value) !== undefined && 'hash' in value && value.hash !== '') return { hash: value.hash };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, byContent(inner)]));
}
