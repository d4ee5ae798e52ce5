import { randomBytes } from 'node:crypto';

/** `<rehearsal>-<UTC yyyymmdd-hhmmss>-<4 hex>` */
export function newRunId(rehearsal: string, now: Date = new Date()): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const stamp = `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
  return `${rehearsal}-${stamp}-${randomBytes(2).toString('hex')}`;
}
