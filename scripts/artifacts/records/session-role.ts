/**
 * Who a session is, known by its process id. `tool`: the rehearsal's own looking; `server`: no client's, such as autovacuum;
 * `prepared`: no session, but a prepared transaction, whose process id is made up and below 0; `other`: nobody knows.
 */
export type SessionRole =
  'app' | 'migration' | 'command' | 'compatibility' | 'actor' | 'tool' | 'server' | 'prepared' | 'other';
