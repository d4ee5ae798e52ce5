import type { Analysis } from '../analysis/analyse.ts';
import type { CheckFinding } from '../check.ts';
import { listed, stepTitle } from '../wording.ts';

/** Indexes whose entries a function made that a step has changed since, and that nothing built anew. */
export function staleIndexes({ evidence: { schema = [] }, steps }: Analysis): CheckFinding[] {
  const stale = new Map<string, { step: string; name: string }>();
  for (const record of schema) {
    if (record.type !== 'dependencies') continue;
    for (const change of record.changes) {
      if (change.kind === 'function-applied') for (const index of change.indexes) stale.delete(index);
      if (change.kind !== 'function-changed') continue;
      for (const index of change.indexes) stale.set(index, { step: record.step, name: change.name });
    }
  }
  const causes = new Set([...stale.values()].map(({ step, name }) => JSON.stringify([step, name])));
  return [...causes].map((cause) => {
    const [stepName, name] = JSON.parse(cause) as [string, string];
    const indexes = [...stale].flatMap(([index, of]) =>
      of.step === stepName && of.name === name ? [index] : [],
    );
    const step = steps.find(({ run }) => run.planned.name === stepName);
    const title = step === undefined ? 'The plan' : stepTitle(step.run);
    return {
      status: 'warn',
      step: step?.run.planned.name ?? null,
      message:
        `${title} changed the function ${name}, and ${listed(indexes)} ${indexes.length === 1 ? 'holds' : 'hold'} what it said before: ` +
        'where it says something else now, queries by the index miss rows or find wrong ones.',
      advice:
        'Make a function of another name, build a new index with it CONCURRENTLY, and move the queries; or build the index anew right after the change.',
      insteadSql: indexes.map((index) => `reindex index concurrently ${index};`).join('\n'),
    };
  });
}
