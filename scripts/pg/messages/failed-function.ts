import { isPublicName } from './public-names.ts';

/**
 * A line of CONTEXT as PostgreSQL writes it: plpgsql_exec_error_callback and plpgsql_compile_error_callback, sql_exec_error_callback and
 * sql_inline_error_callback. The first one is the innermost.
 */
const LINE =
  /^(?:PL\/pgSQL function (?<called>.+)\(.*\) (?:line \d|while|during)|compilation of PL\/pgSQL function "(?<compiled>.+)" near line|SQL function "(?<sql>.+)" (?:statement|during))/;

/** The function of the database in whose body an error came about; undefined where none is named, or its name is not a public one. */
export function failedFunction(where: string | undefined): string | undefined {
  for (const line of where?.split('\n') ?? []) {
    const { called, compiled, sql } = LINE.exec(line)?.groups ?? {};
    const name = called ?? compiled ?? sql;
    if (name !== undefined) return isPublicName(name) ? name : undefined;
  }
  return undefined;
}
