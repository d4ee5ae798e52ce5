import type { RunRecord } from '../../artifacts/records/records.ts';
import { plural } from '../../shared/text/format.ts';

/** What of the rehearsal itself nobody vouches for: guesses of `init`, and migrations that do not fit their table. */
export function inputLimits({ notes = [], guesses = 0 }: Pick<RunRecord, 'notes' | 'guesses'>): string[] {
  return [
    ...(guesses === 0
      ? []
      : [
          `${plural(guesses, 'line')} of the rehearsal ${guesses === 1 ? 'is a guess that' : 'are guesses that'} nobody has looked at: rehearse check lists them.`,
        ]),
    ...notes.map((note) => (note.endsWith('.') ? note : `${note}.`)),
  ];
}
