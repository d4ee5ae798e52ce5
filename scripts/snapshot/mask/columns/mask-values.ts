import type { Scramble } from '../scramble.ts';

const FLAT = 10;
/** A number above its type's largest goes on; to need more than some tens of steps is as good as impossible. */
const MOST_WALKS = 1000;

/** Digits for digits; the first one that is not 0 stays above 0, so that another number comes out and none is shorter. */
export function scrambleNumber(value: string, scramble: Scramble): string {
  const end = /[eE]/.exec(value)?.index ?? value.length;
  const mantissa = value.slice(0, end);
  const first = mantissa.search(/[1-9]/);
  if (first === -1) return value; // 0, NaN, Infinity
  const places: number[] = [];
  const radices: number[] = [];
  for (let at = first; at < end; at += 1) {
    const digit = value.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) continue;
    places.push(at === first ? digit - 1 : digit);
    radices.push(at === first ? 9 : FLAT);
  }
  scramble.permute(places, radices);
  let next = 0;
  const made = mantissa.slice(first).replace(/\d/g, () => {
    const digit = places[next] ?? 0;
    next += 1;
    return String(next === 1 ? digit + 1 : digit);
  });
  return value.slice(0, first) + made + value.slice(end);
}

/** Walks on within the permutation until the number fits, so that no two become one. */
export function scrambleInteger(value: string, scramble: Scramble, largest: bigint): string {
  let made = value;
  for (let walk = 0; walk < MOST_WALKS; walk += 1) {
    made = scrambleNumber(made, scramble);
    const digits = made.replace('-', '');
    if (digits.length < String(largest).length || BigInt(digits) <= largest) return made;
  }
  return String(largest);
}

/** What is written in another form than pg_dump's cannot be masked, and must not go on. */
class OtherForm extends Error {}

/** Of bytea, which pg_dump writes as the server's `bytea_output` says; what comes is in hexadecimal digits. */
export function scrambleBytes(value: string, scramble: Scramble): string {
  return scrambleHex(/^\\x[0-9a-fA-F]*$/.test(value) ? value : hexOfEscaped(value), scramble);
}

const ESCAPED_BYTES = /^(?:[ -[\]-~]|\\\\|\\[0-3][0-7]{2})*$/;

/** The form `escape`: printable ASCII as it is, a backslash twice, all else in octal digits (byteaout). */
function hexOfEscaped(value: string): string {
  if (!ESCAPED_BYTES.test(value)) throw new OtherForm('bytea is in neither of its two forms');
  const bytes = value.replace(/\\(?:\\|([0-7]{3}))/g, (_all, octal?: string) =>
    octal === undefined ? '\\' : String.fromCharCode(parseInt(octal, 8)),
  );
  return `\\x${Buffer.from(bytes, 'latin1').toString('hex')}`;
}

/** Of what is written in hexadecimal digits. */
export function scrambleHex(value: string, scramble: Scramble): string {
  const start = value.startsWith('\\x') ? 2 : 0;
  const digits = value.slice(start).match(/[0-9a-fA-F]/g) ?? [];
  const places = digits.map((digit) => parseInt(digit, 16));
  scramble.permute(
    places,
    places.map(() => 16),
  );
  let next = 0;
  return (
    value.slice(0, start) +
    value.slice(start).replace(/[0-9a-fA-F]/g, () => (places[next++] ?? 0).toString(16))
  );
}

/** `203.0.113.7/24` → another address with the same width of its network. */
export function scrambleInet(value: string, scramble: Scramble): string {
  const [address = '', ...mask] = value.split('/');
  const width = mask.map((part) => `/${part}`).join('');
  if (address.includes(':') && address.includes('.')) {
    // An IPv4 address within one of IPv6, as `::ffff:203.0.113.7`.
    const end = address.lastIndexOf(':') + 1;
    return address.slice(0, end) + scrambleInet(address.slice(end), scramble) + width;
  }
  if (address.includes(':')) return scrambleHex(address, scramble) + width;
  const places = address.split('.').map(Number);
  scramble.permute(
    places,
    places.map(() => 256),
  );
  return places.join('.') + width;
}

const DATE = /^(\d{4,})-(\d{2})-(\d{2})(?:( \d{2}):(\d{2}):(\d{2})(\.\d+)?)?(.*)$/;
const DAY_MS = 86_400_000;
/** Three digits below eight count 512 days: walked until the day is one of the year. */
const OCTAL = [8, 8, 8];

/** Another day of the same year, and other minutes and seconds of the same hour. Infinity stays. */
export function scrambleDate(value: string, scramble: Scramble): string {
  const match = DATE.exec(value);
  if (match === null) return endless(value);
  const [, year = '', month = '', day = '', hour, minute, second, fraction = '', rest = ''] = match;
  const date = movedDay(Number(year), Number(month), Number(day), scramble);
  const shown = `${year}-${String(date.getUTCMonth() + 1).padStart(2, '0')}-${String(date.getUTCDate()).padStart(2, '0')}`;
  if (hour === undefined) return shown + rest;
  const places = [Number(minute), Number(second), ...Array.from(fraction.slice(1), Number)];
  scramble.permute(
    places,
    places.map((_, index) => (index < 2 ? 60 : FLAT)),
  );
  const [minutes = 0, seconds = 0, ...digits] = places;
  const clock = `${hour}:${String(minutes).padStart(2, '0')}:${String(seconds).padStart(2, '0')}`;
  return shown + clock + (fraction === '' ? '' : `.${digits.join('')}`) + rest;
}

function endless(value: string): string {
  if (value === 'infinity' || value === '-infinity') return value;
  throw new OtherForm('a date is not in the order of ISO 8601');
}

function movedDay(year: number, month: number, day: number, scramble: Scramble): Date {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const like = Date.UTC(leap ? 2000 : 2001, 0, 1); // years before 100 and above 275760 have the same days
  const start = Date.UTC(leap ? 2000 : 2001, month - 1, day);
  let ofYear = Math.round((start - like) / DAY_MS);
  do {
    const places = [ofYear >> 6, (ofYear >> 3) & 7, ofYear & 7];
    scramble.permute(places, OCTAL);
    ofYear = ((places[0] ?? 0) << 6) | ((places[1] ?? 0) << 3) | (places[2] ?? 0);
  } while (ofYear >= (leap ? 366 : 365));
  return new Date(like + ofYear * DAY_MS);
}

/** `2020-05-17 10:11:12.5+00` to the first moment of its year, month or day. */
export function generaliseDate(value: string, to: 'year' | 'month' | 'day'): string {
  const match = DATE.exec(value);
  if (match === null) return endless(value);
  const [, year = '', month = '', day = '', hour, , , , rest = ''] = match;
  const date =
    to === 'year' ? `${year}-01-01` : to === 'month' ? `${year}-${month}-01` : `${year}-${month}-${day}`;
  return date + (hour === undefined ? '' : ' 00:00:00') + rest;
}

/** Down to a multiple; what is no finite number stays. */
export function roundNumber(value: string, to: number): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  const steps = Math.floor(number / to);
  const digits = /\.(\d+)$/.exec(String(to))?.[1]?.length ?? 0;
  const made = steps * to;
  return Number.isSafeInteger(made) || digits > 0 ? made.toFixed(digits) : String(BigInt(Math.round(made)));
}
