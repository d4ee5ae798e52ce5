/** The outputs of a Rehearsal. */
export interface RehearsalOutputs {
  /** `none` where the last run came to no verdict, `nothing-new` where there was nothing to rehearse; `worstFinding` says why. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'nothing-new' | 'none';
  /** `none` where there is no finding. */
  readonly worstFinding: string;
  /** Paths relative to the project where they lie inside it. */
  readonly reportPath: string;
  readonly resultPath: string;
  readonly runId: string;
  readonly durationMs: number;
  /** `0.0123 EUR`, or `none` where no host was rented. */
  readonly cost: string;
  readonly leftovers: number;
  /** What `auto` came to. */
  readonly usedTarget: string;
  /** ISO 8601 UTC. */
  readonly endedAt: string;
}
