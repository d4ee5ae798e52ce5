/** A trigger that runs `body` before every row is written. */
export function syncTrigger(table: string, name: string, body: string): string[] {
  return [
    `create function ${name}() returns trigger language plpgsql as $$ begin ${body} return new; end $$;`,
    `create trigger ${name} before insert or update on ${table} for each row execute function ${name}();`,
  ];
}

export function dropSync(table: string, name: string): string[] {
  return [`drop trigger ${name} on ${table};`, `drop function ${name}();`];
}

/**
 * Body of a trigger that keeps two columns alike, whichever of them an app version writes.
 * @param b has no default: what a row that is inserted has there, an app version wrote
 */
export function bothWays(a: string, b: string): string {
  return (
    `if tg_op = 'INSERT' then new.${b} := coalesce(new.${b}, new.${a}); new.${a} := new.${b}; ` +
    `elsif new.${b} is distinct from old.${b} then new.${a} := new.${b}; else new.${b} := new.${a}; end if;`
  );
}
