import { hash } from 'node:crypto';

const ROUNDS = 4;
/** Of a value with so much room, one keyed sum decides every place: that two become one is as likely as a guessed key. */
const WIDE_BITS = 64;
const DIGEST_BYTES = 32;
const MOST_KNOWN = 4096;
const LONGEST_KNOWN = 32;
const BITS: readonly number[] = Array.from({ length: 257 }, (_, radix) => Math.log2(Math.max(1, radix)));

const UPPER = 65;
const LOWER = 97;
const DIGIT = 48;
const LETTERS = 26;
/** From here on letters are told by blocks of 64: one lead of UTF-8 each, so that the length in bytes stays. */
const FIRST_BEYOND_ASCII = 0xc0;
const BLOCK = 64;

/**
 * A keyed, unordered renaming of values that keeps their shape: the same value always becomes the same other one, and no two of a
 * shape become one (a Feistel network over the places that vary; wide values by one sum). Lower case and upper case of a letter
 * become the two cases of another, so that what was equal but for case still is.
 */
export class Scramble {
  readonly #key: string;
  /** Names of cities and hosts of mail come again and again. */
  readonly #known = new Map<string, string>();

  /** @param key secret, in hex */
  constructor(key: string) {
    this.#key = key;
  }

  /** 32 bytes of sha256 over the key and what is told apart by it, as a binary string. */
  digest(purpose: string, message: string): string {
    return hash('sha256', `${this.#key}\0${purpose}\0${message}`, 'binary');
  }

  /** Another text of the same shape: letters and digits change, all else stays. */
  text(value: string): string {
    if (value.length > LONGEST_KNOWN) return this.#text(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = this.#text(value);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(value, made);
    return made;
  }

  #text(value: string): string {
    const places: number[] = [];
    const radices: number[] = [];
    const symbols = asciiOnly(value) ? value : Array.from(value);
    for (const symbol of symbols) {
      const code = symbol.codePointAt(0) ?? 0;
      const radix = radixOf(code);
      if (radix === 0) continue;
      radices.push(radix);
      places.push(code >= FIRST_BEYOND_ASCII ? code % BLOCK : letterOf(code));
    }
    this.permute(places, radices);
    let made = '';
    let next = 0;
    for (const symbol of symbols) {
      const code = symbol.codePointAt(0) ?? 0;
      if (radixOf(code) === 0) made += symbol;
      else made += String.fromCodePoint(baseOf(code) + (places[next++] ?? 0));
    }
    return made;
  }

  /** Puts other digits in place, each below its radix (256 at most): one to one for all with the same radices. */
  permute(places: number[], radices: readonly number[]): void {
    if (places.length === 0) return;
    const shape = String.fromCharCode(...radices.slice(0, DIGEST_BYTES * 4)) + String(radices.length);
    let bits = 0;
    for (const radix of radices) bits += BITS[radix] ?? 0;
    if (bits >= WIDE_BITS) {
      this.#replace(places, radices, shape);
      return;
    }
    if (places.length === 1) {
      this.#shift(places, radices[0] ?? 1, shape);
      return;
    }
    const middle = places.length >> 1;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [from, to] = round % 2 === 0 ? [0, middle] : [middle, places.length];
      const driving = round % 2 === 0 ? places.slice(middle) : places.slice(0, middle);
      const digest = this.digest(`${round}`, `${shape}\0${String.fromCharCode(...driving)}`);
      for (let at = from; at < to; at += 1)
        places[at] = ((places[at] ?? 0) + digest.charCodeAt(at - from)) % (radices[at] ?? 1);
    }
  }

  /** A single place has nothing to be driven by: all are moved alike, and none stays. */
  #shift(places: number[], radix: number, shape: string): void {
    if (radix < 2) return;
    const by = 1 + (this.digest('one', shape).charCodeAt(0) % (radix - 1));
    places[0] = ((places[0] ?? 0) + by) % radix;
  }

  #replace(places: number[], radices: readonly number[], shape: string): void {
    const message = `${shape}\0${Buffer.from(places).toString('latin1')}`;
    const first = this.digest('wide', message);
    for (let from = 0; from < places.length; from += DIGEST_BYTES) {
      const digest = from === 0 ? first : this.digest(`more ${from}`, first);
      for (let at = from; at < Math.min(places.length, from + DIGEST_BYTES); at += 1)
        places[at] = digest.charCodeAt(at - from) % (radices[at] ?? 1);
    }
  }
}

function asciiOnly(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) if (value.charCodeAt(at) > 127) return false;
  return true;
}

/** How many symbols may stand where this one stands; 0 = it stays. */
function radixOf(code: number): number {
  if (code >= FIRST_BEYOND_ASCII) return BLOCK;
  if (code >= DIGIT && code < DIGIT + 10) return 10;
  const letter = code | 32;
  return letter >= LOWER && letter < LOWER + LETTERS && code >= UPPER ? LETTERS : 0;
}

function letterOf(code: number): number {
  return code < UPPER ? code - DIGIT : (code | 32) - LOWER;
}

function baseOf(code: number): number {
  if (code >= FIRST_BEYOND_ASCII) return code - (code % BLOCK);
  if (code < UPPER) return DIGIT;
  return code < LOWER ? UPPER : LOWER;
}
