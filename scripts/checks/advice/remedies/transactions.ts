import type { Remedy } from './remedy.ts';

/* What wants a transaction block, what bears none, and who gives way to whom. */

export const outsideTransaction: Remedy = {
  sqlstates: ['25001'],
  cause: 'a command that cannot run inside a transaction block was sent in one',
  instead:
    'Give the step transaction: none, or put the statement into a file of its own that its tool runs without a transaction.',
  of({ message }) {
    return /cannot be executed from a function/.test(message)
      ? {
          advice:
            'No function, procedure or DO block can run it, in whatever transaction: write it as a statement of its own, in a file or step that runs without a transaction (transaction: none); what a loop was for is written out, one statement for each.',
          insteadSql: null,
        }
      : { advice: this.instead, insteadSql: null };
  },
};

export const ownCommit: Remedy = {
  sqlstates: ['2D000'],
  cause: 'a procedure or DO block commits, and a transaction is around it',
  instead:
    'COMMIT within a procedure or DO block works only where no transaction is around it: give the step transaction: none, or send the CALL by itself, in a file of its own. A procedure that has SET or SECURITY DEFINER, and a block with EXCEPTION, may never commit.',
};

export const needsBlock: Remedy = {
  sqlstates: ['25P01'],
  cause: 'LOCK TABLE, SAVEPOINT or DECLARE CURSOR without a transaction block, which would end at once',
  instead: 'Put BEGIN and COMMIT around it and what it is there for, or give the step transaction: single.',
};

export const serialization: Remedy = {
  sqlstates: ['40001'],
  cause:
    'a transaction of REPEATABLE READ or SERIALIZABLE met a row that another one had changed since it began',
  instead:
    'Whoever uses such an isolation level has to repeat the whole transaction. Where the plan changes rows beside it, short batches (batchTarget) and one transaction for each keep that seldom; a row that moves to another partition does it to READ COMMITTED too.',
};
