/**
 * What stands where an address of production stood. The kernel refuses a connection to the limited broadcast address (RFC 919) at once,
 * with ENETUNREACH, and sends no packet; no name has to be looked up for it.
 */
export const NOWHERE = '255.255.255.255';
/** What stands where a password or another option of a login stood. */
export const DISARMED = 'disarmed';
