/** What the engine or a provider said against one resource. */
export interface EngineDiagnostic {
  /** Such as `command:remote:Command`; empty where it is about no resource. */
  readonly resourceType: string;
  readonly message: string;
}
