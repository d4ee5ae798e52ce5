/** PostgreSQL's own default. */
const LEAST = 100;
/** What the tool's own sessions may take on top of the app's. */
const OWN = 30;
/** The app's where the plan has no load. */
const APP = 200;

/** `max_connections` of a server. @param app connections that the app's load opens at most at a time */
export function maxConnections(app = APP): number {
  return Math.max(LEAST, app + OWN);
}
