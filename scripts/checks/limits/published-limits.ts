import type { DependencyChange } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

type Published = Extract<DependencyChange, { kind: 'published-changed' }>;

/** What a changed column of a published table does to subscribers, which no rehearsal has. */
export function publishedLimits({ evidence: { schema = [] }, steps }: Analysis): string[] {
  return schema.flatMap((record) => {
    if (record.type !== 'dependencies') return [];
    const step = steps.find(({ run }) => run.planned.name === record.step);
    const title = step === undefined ? record.step : stepTitle(step.run);
    return record.changes.flatMap((change) =>
      change.kind === 'published-changed' ? sentencesOf(change, title) : [],
    );
  });
}

/** Subscribers match columns by name and need each one that comes (PostgreSQL's manual, Logical Replication: Subscription, Restrictions). */
function sentencesOf({ table, publications, added, dropped, retyped }: Published, title: string): string[] {
  const place = `${shortRelation(table)}, which ${listed(publications)} ${publications.length === 1 ? 'publishes' : 'publish'}`;
  const ends = 'No subscriber was rehearsed.';
  return [
    ...(added.length === 0
      ? []
      : [
          `${title} adds ${listed(added)} to ${place}: a subscriber without it stops at the next row that is written there; add it at every subscriber first. ${ends}`,
        ]),
    ...(dropped.length === 0
      ? []
      : [
          `${title} takes ${listed(dropped)} from ${place}: a subscriber that needs it (NOT NULL without a default) stops at the next INSERT; take it away there afterwards, and allow NULL before. ${ends}`,
        ]),
    ...(retyped.length === 0
      ? []
      : [
          `${title} changes the type of ${listed(retyped)} in ${place}: a subscriber whose type cannot take the new values stops; change it there first. ${ends}`,
        ]),
  ];
}
