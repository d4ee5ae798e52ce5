import type { TypeClass } from '../columns/column-type.ts';
import { FIRST_NAMES } from './first-names.ts';
import type { PersonalKind } from './kinds.ts';

interface ValuePattern {
  readonly kind: PersonalKind;
  /** Columns of those types are looked at. */
  readonly types: readonly TypeClass[];
  /** Of the sampled values, so many have to match: 0 = one is enough. */
  readonly leastShare: number;
  readonly matches: (value: string) => boolean;
}

const TEXT: readonly TypeClass[] = ['text', 'json', 'hstore', 'record', 'other'];

const MAIL = /[^\s@"'<>(),:;\\]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/u;
const PHONE = /^\+\d[\d ()./-]{6,}\d$/;
const PHONE_INSIDE = /(?:^|[^\d+\p{L}])(?:\+|00)[1-9]\d{0,2}[ ()./-]*\d(?:[ ()./-]{0,2}\d){6,12}(?!\d)/u;
const PHONE_NATIONAL = /^\(?0\d{1,4}\)?[ /-]\d{2,}(?:[ -]?\d+)*$|^\(?[2-9]\d{2}\)?[ .-]\d{3}[.-]\d{4}$/;
const CREDENTIAL =
  /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$(?:argon2(?:id|i|d)|scrypt|pbkdf2-sha\d+|5|6)\$|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}/;
const US_SSN = /^(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\/\d{1,2})?$/;
const IPV6 = /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$|^(?=.*::)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}$/i;

/** The first that matches names the kind. */
export const PATTERNS: readonly ValuePattern[] = [
  { kind: 'credential', types: TEXT, leastShare: 0, matches: (value) => CREDENTIAL.test(value) },
  {
    kind: 'mail address',
    types: TEXT,
    leastShare: 0,
    matches: (value) => value.includes('@') && MAIL.test(value),
  },
  { kind: 'bank account or card', types: TEXT, leastShare: 0.01, matches: isIban },
  { kind: 'bank account or card', types: [...TEXT, 'integer', 'number'], leastShare: 0.5, matches: isCard },
  { kind: 'identity number', types: TEXT, leastShare: 0.2, matches: (value) => US_SSN.test(value) },
  {
    kind: 'telephone number',
    types: TEXT,
    leastShare: 0.2,
    matches: (value) => PHONE.test(value) || PHONE_NATIONAL.test(value),
  },
  { kind: 'telephone number', types: TEXT, leastShare: 0.005, matches: (value) => PHONE_INSIDE.test(value) },
  {
    kind: 'network address',
    types: [...TEXT, 'inet'],
    leastShare: 0.5,
    matches: (value) => IPV4.test(value) || IPV6.test(value),
  },
  { kind: 'person’s name', types: TEXT, leastShare: 0.2, matches: isName },
];

const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/;

/** ISO 13616: the digits, letters as numbers, leave 1 when divided by 97. */
function isIban(value: string): boolean {
  const found = IBAN.exec(value)?.[0].replaceAll(' ', '');
  if (found === undefined || found.length < 15) return false;
  const digits = (found.slice(4) + found.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** ISO 7812: 13 to 19 digits of a payment card with their check digit (Luhn). */
function isCard(value: string): boolean {
  const digits = value.replace(/[ -]/g, '');
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const counted = at % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** One to four words, of which the first is a common first name, or the second behind a comma. */
function isName(value: string): boolean {
  const words = value.split(/[\s,]+/);
  if (words.length > 4) return false;
  const [first = '', second = ''] = words;
  return (
    FIRST_NAMES.has(first.toLowerCase()) || (value.includes(',') && FIRST_NAMES.has(second.toLowerCase()))
  );
}
