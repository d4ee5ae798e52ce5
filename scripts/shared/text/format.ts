/** Quantities for people. Numbers in JSON stay plain; only the terminal and the reports use these. */

const NUMBER = new Intl.NumberFormat('en-US');

/** 1234567 → `1,234,567`. */
export function formatCount(count: number): string {
  return NUMBER.format(Math.round(count) + 0); // + 0: -0.4 is 0, and not -0
}

/** 1,000,000 → `1.0 M`; small counts as they are. */
export function formatShortCount(count: number): string {
  if (count >= 999.95e6) return `${(count / 1e9).toFixed(1)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return formatCount(count);
}

/** Milliseconds → `0.4 ms`, `12 ms`, `2.19 s`, `48.0 s`, `4 min 12 s`, `3 h 10 min`. */
export function formatMs(ms: number): string {
  if (ms < 0.05) return '0 ms';
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Milliseconds → `0:07`, `2:41`, `1:02:03`. */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** Bytes → `812 B`, `8 kB`, `31 MB`, `2.1 GB` (powers of 1024, as PostgreSQL counts). */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? '-' : '';
  let amount = Math.abs(bytes);
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (Math.round(amount) < 1024)
      return `${sign}${amount < 9.95 && unit !== 'B' ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
    amount /= 1024;
  }
  return `${sign}${amount.toFixed(1)} TB`;
}

/** 0.734 → `73 %`. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `plural(1, 'request')` → `1 request`; `plural(876, 'request')` → `876 requests`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? noun : nouns}`;
}
