/** Dates for people, always UTC, so that the page is the same wherever it is rendered. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/** `2026-11-20T02:00:00Z` → `20 Nov 2026 02:00 UTC` */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 16)} UTC`;
}

/** How old something was at `nowIso`: `2 days old`, or null where that cannot be told. */
export function ageAt(iso: string, nowIso: string): string | null {
  const ageMs = Date.parse(nowIso) - Date.parse(iso);
  if (Number.isNaN(ageMs) || ageMs < 0) return null;
  const days = Math.floor(ageMs / DAY_MS);
  if (days >= 1) return days === 1 ? '1 day old' : `${days} days old`;
  return 'less than a day old';
}
