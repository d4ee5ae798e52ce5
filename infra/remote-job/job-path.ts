import { RehearsalError } from '../../scripts/shared/errors.ts';

/**
 * A relative path with forward slashes that stays inside the folder it is relative to.
 * @throws DRIVER_FAILED
 */
export function insidePath(path: string): string {
  const parts = path.split('/');
  const wrong = parts.some((part) => part === '' || part === '.' || part === '..') || /[\0\\]/.test(path);
  if (!wrong) return path;
  throw new RehearsalError('DRIVER_FAILED', `${JSON.stringify(path)} is no path inside the job's folder`, {
    hint: 'only relative paths without `.` and `..` can be carried to or from the driver host',
  });
}
