import { z } from 'zod';

/* The part of result.json about what a long run has more of than it tells one by one. */

const WORDS = {
  findings: 'findings',
  errors: 'kinds of errors',
  ownErrors: 'kinds of the app’s own errors',
  compatibility: 'scripts tried against a state of the schema',
  coverage: 'stopped tables',
  schemaDifferences: 'differences that a way back left',
  valuesLost: 'columns with lost values',
  leftovers: 'leftovers of steps that were cut off',
  failedTries: 'failed tries',
  victimsByScript: 'scripts delayed or failed by a statement',
  locks: 'locks of statements',
  outsideLocks: 'locks of commands',
  rewrote: 'rewritten relations',
  notices: 'notices',
  blockers: 'blockers',
  waiters: 'waiters',
  told: 'statements of commands',
} as const;

export type LongList = keyof typeof WORDS;
const LISTS = Object.keys(WORDS) as [LongList, ...LongList[]];

export const leftOutSchema = z.object({
  list: z.enum(LISTS).describe('By its field, all of them together where several have one'),
  kept: z.int().nonnegative(),
  total: z.int().positive().describe('As many as there were'),
});

export type LeftOut = z.infer<typeof leftOutSchema>;

interface Told {
  readonly leftOut?: readonly LeftOut[] | undefined;
}

/** How many there were, where `told` of them are in the result. */
export function totalOf({ leftOut = [] }: Told, list: LongList, told: number): number {
  return leftOut.find((one) => one.list === list)?.total ?? told;
}

/** `at least ` in front of what is counted in such a list, where some of it was left out. */
export function atLeast({ leftOut = [] }: Told, list: LongList): string {
  return leftOut.some((one) => one.list === list) ? 'at least ' : '';
}

/** `Of 5,200 findings the 700 that tell most are in the result.` @param count writes a number for people */
export function leftOutSentence({ list, kept, total }: LeftOut, count: (value: number) => string): string {
  return `Of ${count(total)} ${WORDS[list]} the ${count(kept)} that tell most are in the result.`;
}
