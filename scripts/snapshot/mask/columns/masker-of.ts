import type { MaskRule } from '../../../plan/mask/mask-rules.ts';
import { byKind } from '../../../shared/by-kind.ts';
import type { Scramble } from '../scramble.ts';
import type { ColumnType, TypeClass } from './column-type.ts';
import { mapArray, mapHstore, mapJson, mapRecord } from './mask-parts.ts';
import {
  generaliseDate,
  roundNumber,
  scrambleBytes,
  scrambleDate,
  scrambleHex,
  scrambleInet,
  scrambleInteger,
  scrambleNumber,
} from './mask-values.ts';

/** What is put in place of a value that is not NULL. */
export type Masker = (value: string) => string | null;

const HASH_DIGITS = 32;
/** A host that no mail can reach (RFC 2606). */
const NOWHERE = '.test';

/** Why a rule cannot be followed for a column of that type; undefined where it can. */
export function whyNot(rule: MaskRule, type: ColumnType): string | undefined {
  const { class: is, shown, isArray } = type;
  const fits = byKind<MaskRule, boolean>(rule, {
    scramble: () => is !== 'boolean' && whatStays(type).length === 0,
    email: () => is === 'text',
    hash: () => (is === 'text' || is === 'uuid') && !isArray,
    null: () => true,
    value: () => !isArray,
    generalise: () => is === 'date',
    round: () => is === 'number' || is === 'integer',
  });
  if (fits) return undefined;
  const stays = whatStays(type);
  const instead = stays.length > 0 || is === 'boolean' ? 'null' : 'scramble or null';
  const why = is === 'record' && stays.length > 0 ? `, of which ${stays.join(', ')} would stay` : '';
  return `${rule.kind} cannot be done to a column of type ${shown}${why}; write ${instead}`;
}

/** What of it cannot be scrambled: the attributes of a record, else its type. */
function whatStays({ class: is, shown, attributes = [] }: ColumnType): string[] {
  if (is === 'other') return [shown];
  return attributes.flatMap(({ name, type }) => (whatStays(type).length > 0 ? [name] : []));
}

/** How a column is masked; `whyNot` has agreed. */
export function maskerOf(rule: MaskRule, type: ColumnType, scramble: Scramble): Masker {
  const one = byKind<MaskRule, Masker>(rule, {
    scramble: () => {
      const { attributes } = type;
      if (attributes === undefined) return (value) => BY_CLASS[type.class](value, scramble, type);
      const maps = attributes.map((each) => maskerOf(rule, each.type, scramble));
      return (value) => mapRecord(value, maps);
    },
    email: () => (value) => fitting(maskEmail(value, scramble), value, type, scramble),
    hash: () => (value) => hashed(value, type, scramble),
    null: () => () => null,
    value:
      ({ text }) =>
      () =>
        text,
    generalise:
      ({ to }) =>
      (value) =>
        generaliseDate(value, to),
    round:
      ({ to }) =>
      (value) =>
        roundNumber(value, to),
  });
  return type.isArray && rule.kind !== 'null' ? (value) => mapArray(value, one) : one;
}

const BY_CLASS: Readonly<Record<TypeClass, (value: string, scramble: Scramble, type: ColumnType) => string>> =
  {
    text: (value, scramble) => scramble.text(value),
    json: (value, scramble) =>
      mapJson(
        value,
        (text) => scramble.text(text),
        (number) => scrambleNumber(number, scramble),
      ),
    integer: (value, scramble, { largest = 0n }) => scrambleInteger(value, scramble, largest),
    number: scrambleNumber,
    uuid: scrambleHex,
    hex: (value, scramble, { shown }) =>
      shown.startsWith('bytea') ? scrambleBytes(value, scramble) : scrambleHex(value, scramble),
    inet: scrambleInet,
    date: scrambleDate,
    hstore: (value, scramble) => mapHstore(value, (text) => scramble.text(text)),
    boolean: (value) => value,
    record: (value) => value,
    other: (value) => value,
  };

function maskEmail(value: string, scramble: Scramble): string {
  const at = value.lastIndexOf('@');
  if (at === -1) return scramble.text(value);
  return `${scramble.text(value.slice(0, at))}@${scramble.text(value.slice(at + 1))}${NOWHERE}`;
}

/** A mail address that has become too long for its column is made of a sum instead. */
function fitting(made: string, value: string, { limit }: ColumnType, scramble: Scramble): string {
  if (limit === undefined || Array.from(made).length <= limit) return made;
  const host = `@x${NOWHERE}`;
  const room = limit - host.length;
  return room < 8 ? scramble.text(value) : hex(value, scramble).slice(0, room) + host;
}

function hashed(value: string, { class: is, limit = HASH_DIGITS }: ColumnType, scramble: Scramble): string {
  const digits = hex(value, scramble).slice(0, HASH_DIGITS);
  if (is !== 'uuid') return digits.slice(0, limit);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function hex(value: string, scramble: Scramble): string {
  return Buffer.from(scramble.digest('hash', value), 'latin1').toString('hex');
}
