import type { PgSetting } from '../../../../scripts/plan/model.ts';

/** Settings that name software outside of PostgreSQL's own folder. */
const NAMING = /^(dynamic_library_path|extension_control_path|(shared|local|session)_preload_libraries)$/i;

/** Absolute paths of software that the author or the caller names, and that a server in a closed cell must see. */
export function namedPaths(settings: readonly PgSetting[], libraryPath = ''): string[] {
  const values = settings.filter(({ name }) => NAMING.test(name)).map(({ value }) => value);
  return [libraryPath, ...values]
    .flatMap((value) => value.split(/[:,]/))
    .map((path) => path.trim().replaceAll('"', ''))
    .filter((path) => /^\/+[^/]/.test(path));
}
