import type { Remedy } from './remedy.ts';

export const cachedPlan: Remedy = {
  sqlstates: ['0A000'],
  cause:
    '`cached plan must not change result type`: a prepared statement returns other columns or types than before',
  instead:
    'Every connection meets it once for each prepared statement whose result changed. Name the columns instead of select *, so that added and dropped columns do not show; where the type of a named column changes, cast it in the query to a type that stays. Otherwise let the app prepare again and try once more, or restart its connections right after the step.',
  of({ message, who }) {
    const isPlan = message === '' ? who === 'app' : /cached plan/.test(message);
    return isPlan ? { advice: this.instead, insteadSql: null } : undefined;
  },
};
