import { RehearsalError } from '../../shared/errors.ts';

const MOST = 100;

/** The value of `--repeat`. @throws USAGE */
export function repetitions(text: string | undefined): number {
  if (text === undefined) return 1;
  const count = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST) return count;
  throw new RehearsalError('USAGE', `--repeat ${text} is not a whole number from 1 to ${MOST}`, {
    hint: 'write --repeat 5',
  });
}
