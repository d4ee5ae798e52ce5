import type { Advice } from './rule.ts';

/** A statement that harmed by waiting in the queue rather than by what it did. */
export function queueAdvice(sql: string, behind: string): Advice {
  return {
    effect: `It did nothing yet: it waited behind ${behind}, and everybody who came later waited behind it.`,
    advice:
      'Give the step lockTimeout: 500ms and retries: 10: it then gives up its place in the queue early, lets the app through and tries again.',
    insteadSql: `set lock_timeout = '500ms';\n${sql.trim().replace(/;$/, '')};\n-- on error 55P03 (lock_not_available): wait a second, then try again`,
  };
}

/** A statement whose lock was kept by what its transaction did afterwards. */
export function transactionAdvice(): Advice {
  return {
    effect: 'Most of the time its lock was only kept because its transaction went on.',
    advice:
      'End the transaction right after it, and put what needs no lock on that table before it or into a transaction of its own.',
    insteadSql: null,
  };
}
