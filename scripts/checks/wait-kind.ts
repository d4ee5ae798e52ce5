import type { WaitSpan } from './analysis/waits/waits.ts';
import { modeName } from '../pg/lock-modes.ts';
import { shortRelation } from './wording.ts';

type Wanted = Pick<WaitSpan, 'locktype' | 'relation' | 'mode'>;

/** What a session waits for, by pg_locks.locktype (PostgreSQL's manual, table 53.12 and "Wait Events of Type Lock"). */
export function waitedForWhat({ locktype, relation, mode }: Wanted): string {
  const of = relation === null ? '' : ` of ${shortRelation(relation)}`;
  switch (locktype) {
    case 'relation':
      return `${relation === null ? 'a relation' : shortRelation(relation)} (${modeName(mode)})`;
    case 'tuple':
      return `its turn at a row${of} that somebody else waits for as well`;
    case 'transactionid':
      return `a row${of} that another transaction has changed and not yet committed`;
    case 'virtualxid':
      return 'an older transaction to end, whatever that has read or written';
    case 'advisory':
    case 'userlock':
      return 'an advisory lock';
    case 'extend':
      return `its turn to make the file${of} longer`;
    case 'page':
      return `a page of the index${of === '' ? '' : shortRelation(` ${relation ?? ''}`)}`;
    case 'spectoken':
      return `an INSERT … ON CONFLICT of the same key${of}`;
    case 'object':
      return 'an object of the database that is no relation';
    default:
      return `a lock of the kind ${locktype}${of}`;
  }
}
