import type { Result } from '../../scripts/checks/result/contract/result.ts';

/** Fields in which only the words of the schema may stand. */
const WORDS = new Set([
  'status',
  'phase',
  'kind',
  'capture',
  'verdict',
  'outcome',
  'schemaVersion',
  'unit',
  'mode',
  'startedAt',
  'endedAt',
  'takenAt',
]);

/** `result` with `text` behind every string, also in the keys that users choose. */
export function withEverywhere(result: Result, text: string): Result {
  return spoiled(result, text) as Result;
}

/** The lists and records whose keys are names of the user's. */
const NAMED = new Set(['traffic', 'requests', 'shown', 'created']);

function spoiled(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return WORDS.has(key) ? value : `${value}${text}`;
  if (Array.isArray(value)) return value.map((item) => spoiled(item, text, key));
  if (value === null || typeof value !== 'object') return value;
  const suffix = NAMED.has(key) ? text : '';
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [`${name}${suffix}`, spoiled(item, text, name)]),
  );
}
