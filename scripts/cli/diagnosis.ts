/** One thing that was looked at. `remedy` says what mends it. */
export interface Diagnosis {
  readonly what: string;
  readonly status: 'ok' | 'warn' | 'missing';
  readonly detail: string;
  readonly remedy: string | null;
}
