import { typeChange } from '../../analysis/slower/statistics-gaps.ts';
import type { Remedy } from './remedy.ts';

/* What a column's type takes. */

export const otherType: Remedy = {
  sqlstates: ['42804', '22P02', '22007', '42883'],
  cause: 'a version with traffic writes or compares what the new type of a column does not take',
  instead:
    'Let the old column stay: make one of the new type beside it that a trigger keeps in step, fill it in a backfill, deploy the version that uses it, and drop the old column when no version with traffic names it.',
  of({ who, sql, version }) {
    const change = who === 'app' ? typeChange(sql) : undefined;
    if (change === undefined) return undefined;
    return {
      advice: `${version ?? 'The app'} still writes or compares ${change.columns.join(', ')} as the type of before. ${this.instead}`,
      insteadSql: null,
    };
  },
  isGeneral: true,
};

export const castType: Remedy = {
  sqlstates: ['42804'],
  cause: 'ALTER … TYPE does not know how to make values, or the default, of the new type',
  instead:
    'Say how by USING, and change the default in the same ALTER TABLE: ALTER c DROP DEFAULT, ALTER c TYPE … USING …, ALTER c SET DEFAULT …. Such a change writes the table anew: a large one is changed by a new column beside the old one.',
  of({ message }) {
    return /cannot be cast automatically to type/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};
