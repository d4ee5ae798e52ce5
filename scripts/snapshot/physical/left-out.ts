/** Of one run of a server, or its log, which may quote rows: no part of a copy. Paths inside the data folder. */
export const NOT_OF_A_COPY =
  /^(?:postmaster\.(?:pid|opts)|(?:log|pg_log|pgsql_tmp)$|current_logfiles|(?:pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.|.*\/pgsql_tmp)/;
