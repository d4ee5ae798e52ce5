import { isDeepStrictEqual } from 'node:util';
import type { Properties } from './resource.ts';

/**
 * Why a rehearsal would go another way than the one on record, a line for each reason; empty when it would not. Where its
 * folder lies, where its reports go and how long its hosts stay make no difference.
 */
export function changesInWords(before: Properties, now: Properties): string[] {
  const lines = [
    ...mapChanges(before['files'], now['files'], (name) => `${name} changed`),
    ...mapChanges(before['settings'], now['settings'], (name, from, to) => `${name} ${from} → ${to}`),
    ...['snapshot', 'target', 'rehearsal'].flatMap((name) =>
      before[name] === now[name] ? [] : [`${name} ${String(before[name])} → ${String(now[name])}`],
    ),
  ];
  if (lines.length > 0 || isDeepStrictEqual(before['steps'], now['steps'])) return lines;
  return ['its steps changed'];
}

function mapChanges(
  before: unknown,
  now: unknown,
  changed: (name: string, from: string, to: string) => string,
): string[] {
  const [old, young] = [textsOf(before), textsOf(now)];
  const names = [...new Set([...old.keys(), ...young.keys()])].sort();
  return names.flatMap((name) => {
    const [from, to] = [old.get(name), young.get(name)];
    if (from === to) return [];
    if (from === undefined) return [`${name} is new`];
    return [to === undefined ? `${name} is gone` : changed(name, from, to)];
  });
}

function textsOf(value: unknown): Map<string, string> {
  return new Map(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).map(([key, text]) => [
      key,
      String(text),
    ]),
  );
}
