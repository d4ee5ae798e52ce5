/** Where a server of this machine listens, and nobody else hears it. */
export const LOOPBACK = '127.0.0.1';
export const SUPERUSER = 'postgres';
export const DATABASE = 'rehearsal';
/** Where `DATABASE` is made from: every server has it. */
export const MAINTENANCE_DATABASE = 'postgres';
/** May stream WAL and look at the statistics of that, nothing else. */
export const REPLICATION_USER = 'rehearse_replication';
/** The system's user that a server runs as where nobody else is there; it is made where it is missing. */
export const POSTGRES_USER = 'postgres';
