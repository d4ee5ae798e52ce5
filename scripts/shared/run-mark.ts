/**
 * Environment variable that every process which a run starts inherits, with the run's id as its value. A sweep finds by it
 * what a killed run left running: a migration tool, the load process.
 */
export const RUN_MARK = 'REHEARSE_RUN_ID';

/** Marks everything that this process starts from here on; call the returned function when the run is over. */
export function markProcesses(runId: string): () => void {
  process.env[RUN_MARK] = runId;
  return () => {
    Reflect.deleteProperty(process.env, RUN_MARK);
  };
}
