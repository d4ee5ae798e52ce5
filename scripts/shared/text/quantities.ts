/** Parsing of quantities as people write them in rehearsal.yaml. Each parser returns undefined for what it cannot read. */

const DURATION_MS: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const SIZE_BYTES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1024],
  ['KB', 1024],
  ['MB', 1024 ** 2],
  ['GB', 1024 ** 3],
  ['TB', 1024 ** 4],
]);
const LINK_BITS: ReadonlyMap<string, number> = new Map([
  ['kbit', 1e3],
  ['mbit', 1e6],
  ['gbit', 1e9],
]);

/** `250ms`, `2s`, `1.5m`, `1h30m` → milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy)];
  if (parts.map(([whole]) => whole).join('') !== text.trim() || parts.length === 0) return undefined;
  let totalMs = 0;
  for (const [, amount = '', unit = ''] of parts) {
    const factor = DURATION_MS.get(unit);
    if (factor === undefined) return undefined;
    totalMs += Number(amount) * factor;
  }
  return Math.round(totalMs * 1e6) / 1e6; // 1.001 s is 1001 ms, not 1000.9999999999999
}

/** `400/s`, `30/min`, `5000/h` → events per second. */
export function parseRatePerSec(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min|h)$/.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) / ((DURATION_MS.get(match[2] ?? '') ?? 0) / 1000);
}

/** `16kB`, `1GB` → bytes. PostgreSQL's units: powers of 1024. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const factor = SIZE_BYTES.get(match?.[2] ?? '');
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : undefined;
}

/** `50MB/s` → bytes per second, in the units of `parseSizeBytes`. */
export function parseBytesPerSec(text: string): number | undefined {
  const match = /^(.+?)\s*\/\s*s$/.exec(text.trim());
  return match?.[1] === undefined ? undefined : parseSizeBytes(match[1]);
}

/** `100mbit`, `1gbit` → bits per second. The units of networks, and of tc(8): powers of 1000. */
export function parseBitsPerSec(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text.trim());
  const factor = LINK_BITS.get(match?.[2] ?? '');
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : undefined;
}
