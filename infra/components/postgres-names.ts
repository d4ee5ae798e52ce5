export const SUPERUSER = 'postgres';
export const DATABASE = 'rehearsal';
/** May stream WAL and look at the statistics of that, nothing else. */
export const REPLICATION_USER = 'rehearse_replication';
