import type { Remedy } from './remedy.ts';

export const staleTriggerBody: Remedy = {
  sqlstates: ['42703'],
  cause: 'a trigger function still names a column that was renamed or dropped',
  instead:
    'Bodies of functions are text that no rename reaches: CREATE OR REPLACE the trigger function in the same transaction as the change of the column.',
  of({ message }) {
    const field = /^record "[^"]*" has no field "([^"]*)"/.exec(message)?.[1];
    if (field === undefined) return undefined;
    const which = field === '…' ? 'that column' : field;
    return {
      advice: `A trigger function still names ${which}. ${this.instead}`,
      insteadSql: null,
    };
  },
};

export const staleBody: Remedy = {
  sqlstates: ['42703', '42P01', '42883', '42704', '3F000'],
  cause:
    'the body of a function or procedure, which the app calls or a trigger runs, still names what was renamed, moved or dropped',
  instead:
    'Bodies of functions are text that no rename reaches: CREATE OR REPLACE the function in the same transaction as the change of what it names, and look for others that name it (pg_proc.prosrc).',
  of({ who, inside }) {
    if (who !== 'app' || inside === null) return undefined;
    return {
      advice: `It is the body of the function ${inside} that names what is not there, and not the app. ${this.instead}`,
      insteadSql: null,
    };
  },
};

export const ambiguousColumn: Remedy = {
  sqlstates: ['42702'],
  cause:
    'a new column is called like one of another table, or like a variable, and a query names it without its table',
  instead:
    'Name each column with its table in every query that joins (t.name instead of name), and deploy that before the column comes; or give the new column a name that no joined table has.',
  of({ inside }) {
    return {
      advice:
        inside === null
          ? this.instead
          : `In the body of the function ${inside} a name now stands for two things: write each column there with its table, by CREATE OR REPLACE before the step or in its transaction.`,
      insteadSql: null,
    };
  },
};

export const returnType: Remedy = {
  sqlstates: ['42P13'],
  cause: 'CREATE OR REPLACE FUNCTION was to change what a function returns, or the names of its parameters',
  instead:
    'CREATE OR REPLACE changes neither: DROP FUNCTION and CREATE FUNCTION in one transaction, with its grants and what hangs on it made anew, once every version with traffic can take what it returns; or give the new function another name, and drop the old one when no version calls it.',
  of({ message }) {
    return /^cannot (change|remove) /.test(message) ? { advice: this.instead, insteadSql: null } : undefined;
  },
};
