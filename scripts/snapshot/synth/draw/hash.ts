/** 32 bits that look drawn by chance, always the same for the same two numbers (lowbias32 of C. Wellons, public domain). */
export function hash(seed: number, at: number): number {
  // Both halves of a row's number count: there may be more rows than 32 bits tell.
  let mixed =
    (at ^ Math.imul(seed, 0x9e37_79b1) ^ Math.imul(Math.floor(at / 4_294_967_296), 0x85eb_ca6b)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb_352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846c_a68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** From 0 up to, not including, 1. */
export function chance(seed: number, at: number): number {
  return hash(seed, at) / 4_294_967_296;
}

/** A seed out of names, the same on each machine (FNV-1a). */
export function seedOf(...names: readonly (string | number)[]): number {
  let seed = 0x811c_9dc5;
  for (const letter of names.join('\0')) seed = Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 0x0100_0193);
  return seed >>> 0;
}
