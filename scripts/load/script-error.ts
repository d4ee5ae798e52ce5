/** SQLSTATEs that a script's own commands raise; PostgreSQL uses the same codes for the same mistakes (manual, appendix A). */
export const SCRIPT_SQLSTATE = {
  outOfRange: '22003',
  divisionByZero: '22012',
  invalidValue: '22023',
  wrongType: '42804',
  undefinedVariable: '42704',
  noRow: 'P0002',
  openTransaction: '25000',
} as const;

/** A command of a workload script failed in the client, before or after PostgreSQL had its say. Never quotes a value. */
export class ScriptError extends Error {
  readonly sqlstate: string;

  constructor(kind: keyof typeof SCRIPT_SQLSTATE, message: string) {
    super(message);
    this.name = 'ScriptError';
    this.sqlstate = SCRIPT_SQLSTATE[kind];
  }
}
