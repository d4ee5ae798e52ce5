/** First words of PostgreSQL's commands; a statement may also begin with a parenthesis. */
export const COMMANDS: ReadonlySet<string> = new Set(
  `abort alter analyze analyse begin call checkpoint close cluster comment commit copy create deallocate declare delete
   discard do drop end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh
   reindex release reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum
   values with`.split(/\s+/),
);

/** What psql knows after a backslash and a restore does not take. */
export const PSQL_COMMANDS: ReadonlySet<string> = new Set(
  `! ? a bind copy copyright crosstabview cd d dt e ef elif else endif errverbose ev f g gdesc getenv gexec gset gx h help html i
   if ir include include_relative l lo_export lo_import o p password prompt q quit r reset s set setenv sf sv t unset w watch z`.split(
    /\s+/,
  ),
);
