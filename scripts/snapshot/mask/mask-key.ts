import { createHash, randomBytes } from 'node:crypto';
import { InputError } from '../../shared/errors.ts';

/** What masked values hang on besides the rules: with the same key the same value becomes the same other one, in every run. */
const KEY_VARIABLE = 'REHEARSE_MASK_KEY';
const LEAST_CHARACTERS = 16;

export interface MaskKey {
  /** Secret, in hex. */
  readonly secret: string;
  /** Tells keys apart and says nothing of them; undefined of one that was drawn for this run alone. */
  readonly id: string | undefined;
}

let drawn: MaskKey | undefined;

/** The key of the environment, else one that is drawn and dies with this process. @throws CONFIG_INVALID for one that can be guessed */
export function maskKey(env: NodeJS.ProcessEnv): MaskKey {
  const given = env[KEY_VARIABLE];
  if (given === undefined || given === '') {
    drawn ??= { secret: randomBytes(32).toString('hex'), id: undefined };
    return drawn;
  }
  if (given.length < LEAST_CHARACTERS)
    throw new InputError([
      {
        file: KEY_VARIABLE,
        key: '',
        message: `has fewer than ${LEAST_CHARACTERS} characters: masked values could be found out by trying; openssl rand -hex 32 makes one`,
      },
    ]);
  return { secret: sum(`key ${given}`), id: sum(`id ${given}`).slice(0, 8) };
}

function sum(text: string): string {
  return createHash('sha256').update(`dress-rehearsal masking ${text}`).digest('hex');
}
