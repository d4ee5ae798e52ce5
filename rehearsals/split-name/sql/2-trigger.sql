-- Whichever version writes, both shapes say the same. Each INSERT and UPDATE pays for it.
create function split_name() returns trigger language plpgsql as $$
begin
  if new.first_name is null or (tg_op = 'UPDATE' and new.name is distinct from old.name) then
    new.first_name := split_part(new.name, ' ', 1);
    new.last_name := substr(new.name, strpos(new.name || ' ', ' ') + 1);
  else
    new.name := new.first_name || ' ' || new.last_name;
  end if;
  return new;
end $$;
create trigger split_name before insert or update of name, first_name, last_name on customers
  for each row execute function split_name();
