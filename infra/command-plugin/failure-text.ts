import { isSecret, revealed } from '../provider-kit/wire.ts';

/** Shorter secrets would blot out harmless text. */
const MIN_SECRET_CHARACTERS = 4;
/** The engine gets an error in the headers of an answer, which have little room. */
const HEAD_BYTES = 4_000;
const TAIL_BYTES = 12_000;

/** A text for people, without the secrets that stand in the values, and with its middle left out where it is long. */
export function failureText(text: string, values: readonly unknown[]): string {
  return shortened(
    masked(
      text,
      values.flatMap((value) => secretTexts(value)),
    ),
  );
}

function masked(text: string, secrets: readonly string[]): string {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

/** Each secret as a whole, and the lines of those that have several. */
function secretTexts(value: unknown, inside = false): string[] {
  const secret = inside || isSecret(value);
  const plain = isSecret(value) ? revealed(value) : value;
  if (typeof plain === 'string') {
    if (!secret) return [];
    const pieces = [plain, ...plain.split('\n').map((line) => line.trim())];
    return pieces.filter((piece) => piece.length >= MIN_SECRET_CHARACTERS);
  }
  if (typeof plain !== 'object' || plain === null) return [];
  return Object.values(plain).flatMap((inner) => secretTexts(inner, secret));
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= HEAD_BYTES + TAIL_BYTES) return text;
  const left = bytes.length - HEAD_BYTES - TAIL_BYTES;
  const [head, tail] = [bytes.subarray(0, HEAD_BYTES), bytes.subarray(-TAIL_BYTES)].map(String);
  return `${head ?? ''}\n… ${left} bytes left out …\n${tail ?? ''}`;
}
