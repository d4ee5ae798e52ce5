/**
 * What a name of `postgres.packages` looks like: packages of PGDG have the major version of their PostgreSQL behind the first word or
 * the second. Nothing in it means anything to a shell or to apt.
 */
export const PACKAGE_NAME = /^postgresql-(?:(\d{2})|[a-z][a-z0-9]*-(\d{2}))(?:-[a-z0-9][a-z0-9+.]*)*$/;

/** Of `postgresql-17-postgis-3` and `postgresql-plpython3-17` 17; undefined where it is no such name. */
export function majorOfPackage(name: string): number | undefined {
  const [, before, after] = PACKAGE_NAME.exec(name) ?? [];
  const major = before ?? after;
  return major === undefined ? undefined : Number(major);
}
