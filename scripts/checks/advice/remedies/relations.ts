import type { Remedy } from './remedy.ts';
import { isInSeveralTransactions, keywordsOf } from './statement-words.ts';

export const foreignKey: Remedy = {
  // restrict_violation is what PostgreSQL 18 calls ON DELETE RESTRICT.
  sqlstates: ['23503', '23001'],
  cause: 'a row refers to one that is not there (yet), or one was deleted that others refer to',
  instead:
    'Where the app writes the child first, let it write the parent first before the constraint comes, or make the constraint DEFERRABLE INITIALLY DEFERRED and write both in one transaction. Orphans that were there before are deleted or given a parent between NOT VALID and VALIDATE.',
  of({ who, message }) {
    if (/update or delete on table/.test(message)) {
      return {
        advice:
          'Something still refers to the row: delete the children first, or say in the constraint what becomes of them (ON DELETE …), and deploy what deletes in that order before the constraint.',
        insteadSql: null,
      };
    }
    if (who === 'plan') {
      return {
        advice:
          'Rows without a parent are there. Add the constraint NOT VALID, so that no new ones come, delete the orphans or give them a parent in a backfill, and VALIDATE afterwards. Where the app writes the child first, each of its new rows is one of them: it has to write the parent first before the constraint comes, or both in one transaction under DEFERRABLE INITIALLY DEFERRED.',
        insteadSql: null,
      };
    }
    return { advice: this.instead, insteadSql: null };
  },
};

export const deadlock: Remedy = {
  sqlstates: ['40P01'],
  cause: 'two transactions took the same locks in another order',
  instead:
    'Take locks in the order in which the app takes them, and one table a transaction. A transaction that writes the child locks its parent row FOR KEY SHARE by the foreign key: lock the parent first, with FOR NO KEY UPDATE instead of FOR UPDATE, before the constraint comes.',
  of({ who, sql }) {
    if (who === 'app' && /\b(foreign key|references)\b/.test(keywordsOf(sql))) {
      return {
        advice:
          'The foreign key locks the parent row FOR KEY SHARE at each write of a child. Let the app lock the parent first, or with FOR NO KEY UPDATE instead of FOR UPDATE, and deploy that before the constraint.',
        insteadSql: null,
      };
    }
    if (who === 'plan' && isInSeveralTransactions(sql)) {
      return {
        advice:
          'What is CONCURRENTLY waits for older transactions while it holds a lock that only other changes of the table want: run one such statement a table at a time, with lock_timeout = 0, after what the last try left was dropped (an INVALID index) or finished (FINALIZE).',
        insteadSql: null,
      };
    }
    return {
      advice:
        'Change one table a transaction, or take the locks in the order in which the app takes them; give the step a short lockTimeout and retries, so that it gives way before anybody has to die.',
      insteadSql: null,
    };
  },
};

export const nameGone: Remedy = {
  sqlstates: ['42703', '42P01', '42883', '42704', '3F000'],
  cause: 'a version still names what was renamed or dropped',
  instead:
    'Keep what a version with traffic still names: deploy what no longer names it first, and take it away when no version does.',
  isGeneral: true,
  of({ version, who, step }) {
    if (who === 'plan') return undefined;
    const to = step?.planned.deploy?.to;
    if (to !== undefined && to === version) {
      return {
        advice: `No step of the plan makes what ${to} uses: put a step before this deploy that does.`,
        insteadSql: null,
      };
    }
    return { advice: this.instead, insteadSql: null };
  },
};
