/** What of a value takes part in statistics; the value itself is not kept. */
export interface ValueFigures {
  /** Equal of equal values. */
  readonly hash: number;
  /** Ascends as the values do, as far as that many digits or first letters tell. */
  readonly order: number;
  readonly widthBytes: number;
}

const DIGITS = 15;
const FIRST_BYTES = 6;

/** @param field of COPY's text, one byte a character; not NULL */
export function valueFigures(field: string): ValueFigures {
  return { hash: hashOf(field), order: orderOf(field), widthBytes: field.length };
}

/** 53 bits of two multiplicative hashes (cyrb53, public domain). */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

function orderOf(field: string): number {
  const number = Number(field);
  if (field !== '' && Number.isFinite(number)) return number;
  if (/^\d{4}-\d\d-\d\d/.test(field))
    return Number(field.replace(/\D/g, '').slice(0, DIGITS).padEnd(DIGITS, '0'));
  let order = 0;
  for (let at = 0; at < FIRST_BYTES; at += 1) order = order * 256 + (field.charCodeAt(at) || 0);
  return order;
}
