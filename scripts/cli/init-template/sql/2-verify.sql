select id from tickets where priority is null limit 1;
