/** Where the server keeps its files and listens follows from the target: `postgres.settings` may not name them. */
const PLACES = [
  'port',
  'listen_addresses',
  'unix_socket_directories',
  'data_directory',
  'config_file',
  'hba_file',
];

/** With any other value the tool could not reach or read its server: as they are set, and the report says so. */
const OWN = [
  'ident_file',
  'external_pid_file',
  'ssl',
  'logging_collector',
  'log_destination',
  'event_source',
];

/** @param name in whatever case */
export function isSetByTarget(name: string): boolean {
  return PLACES.includes(name.toLowerCase());
}

/** Those too that may be named. @param name in whatever case */
export function isOwnedSetting(name: string): boolean {
  return isSetByTarget(name) || OWN.includes(name.toLowerCase());
}
