import type { Remedy } from './remedy.ts';

export const ambiguousFunction: Remedy = {
  sqlstates: ['42725'],
  cause:
    'CREATE FUNCTION with other arguments made a second function beside the old one, and a call fits both',
  instead:
    'Other arguments make another function, also under CREATE OR REPLACE. Give the new one another name and drop the old one when no version calls it, or drop the old signature in the same transaction that makes the new one, with defaults for what old calls leave out. Prepared statements keep the function that they were planned with, so traffic may hide it until the app connects anew.',
};

export const jsonEquality: Remedy = {
  sqlstates: ['42883'],
  cause: 'json has no equality: =, DISTINCT, GROUP BY and UNION fail where such a column is among theirs',
  instead: 'Make the column jsonb, which can be compared; or let no query compare, sort or group it.',
  of({ message }) {
    const isJson = /\bjson\b(?! *b)/.test(message) && /operator|equality|ordering/.test(message);
    return isJson ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const conflictTarget: Remedy = {
  sqlstates: ['42P10'],
  cause: 'ON CONFLICT names columns whose unique index is gone',
  instead:
    'Keep the unique index until no version with traffic names its columns in ON CONFLICT. Where another one takes its place, make that one CONCURRENTLY first, over the same columns and with the same WHERE.',
  of({ message, who }) {
    const fits = message === '' ? who === 'app' : /ON CONFLICT/i.test(message);
    return fits ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const noRow: Remedy = {
  sqlstates: ['P0002', 'P0003'],
  cause:
    'a function that must find exactly one row (SELECT … INTO STRICT) finds none or several, since the plan changed or moved what it looks for',
  instead:
    'Make the rows that it looks for, and see by a verify step that each is there once, in a step before what calls it; or take out STRICT, and let the function say what happens without the row (IF NOT FOUND), before the rows change.',
  of({ who, version, message }) {
    if (/\\gset/.test(message)) {
      return {
        advice: `${version ?? 'The app'} reads a row that it no longer finds: keep the row as this version asks for it (the old value, the old table, a policy that shows it) until no version with traffic asks so.`,
        insteadSql: null,
      };
    }
    const cause =
      who === 'app'
        ? `${version ?? 'The app'} calls a function whose rows the plan changed.`
        : 'A function or block of the step looks for a row that is not there, or there more than once.';
    return { advice: `${cause} ${this.instead}`, insteadSql: null };
  },
};

export const severalRows: Remedy = {
  sqlstates: ['21000'],
  cause: 'a version takes one row for granted where there are several by now',
  instead:
    'Keep what made the row the only one (a unique index, the rows as they were) until a version is deployed that says which of them it means: an aggregate, or ORDER BY … LIMIT 1.',
  of({ message, who }) {
    if (who !== 'app') return undefined;
    return /cannot affect row a second time/.test(message)
      ? {
          advice:
            'One command brings several rows with the same key of the index that ON CONFLICT names: let the app merge them before it sends them, and deploy that before the key changes.',
          insteadSql: null,
        }
      : { advice: this.instead, insteadSql: null };
  },
};

const MADE = /create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(trigger|function|procedure|rule)\s+([\w."]+)/i;

export const raised: Remedy = {
  sqlstates: ['P0001'],
  cause: 'code in the database refuses it by RAISE: a trigger or function that the plan made holds a rule',
  instead:
    'Such a rule binds every version from its first moment: let the code mend the row or RAISE WARNING first, deploy what keeps the rule, mend the rows that are there in a backfill, and let it RAISE EXCEPTION last.',
  of({ who, version, sql }) {
    const [, kind, name] = MADE.exec(sql) ?? [];
    if (who === 'plan') {
      return {
        advice:
          'Code that the step runs, or a trigger on a table that it changes, refused it by RAISE; what it said stands in private/said.txt of the run folder. Mend what it looks for in a step before, or change that code first.',
        insteadSql: null,
      };
    }
    const what = kind === undefined ? 'code of the database' : `the ${kind.toLowerCase()} ${name ?? ''}`;
    return {
      advice: `${version ?? 'The app'} does what ${what} refuses since this step. ${this.instead}`,
      insteadSql: null,
    };
  },
};
