-- Writes the whole table and all its indexes anew, and holds ACCESS EXCLUSIVE until it has: neither reads nor writes go on.
alter table orders alter column id type bigint;
alter sequence orders_id_seq as bigint;
