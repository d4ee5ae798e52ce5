import { MAY_CAPTURE, type MayCaptureRow } from '../../probes/lock-capture.ts';
import { answer, type Asking } from './answer.ts';
import type { PlacedStatement, Unit } from './units.ts';

/** A capture that PostgreSQL refused took the author's transaction with it: run the unit again without. */
export class CaptureRefused extends Error {
  override readonly name = 'CaptureRefused';
}

/** Nodes that can change the role; in a function that does so without a word of it, CaptureRefused is the way out. */
const CAN_SWITCH = new Set(['VariableSetStmt', 'SelectStmt', 'DoStmt', 'CallStmt', 'ExecuteStmt']);

export function mentionsRole({ node, text }: PlacedStatement): boolean {
  return CAN_SWITCH.has(node) && /role|authorization/i.test(text);
}

export function statementsOf(unit: Unit): readonly PlacedStatement[] {
  return unit.kind === 'block' ? unit.statements : [unit.statement];
}

/**
 * Whether the session may ask for its own locks. A role without rights on pg_locks must never be asked: the refusal would
 * abort the author's transaction. Its locks are watched from outside instead.
 */
export class CaptureRights {
  #mayCapture = true;
  #isSettled = false;
  #isWithdrawn = false;

  get mayCapture(): boolean {
    return this.#mayCapture;
  }

  /** Call before each unit: the end of a transaction can give the role back. */
  async settle(unit: Unit, run: Asking): Promise<void> {
    this.#isWithdrawn = false;
    if (!this.#isSettled) await this.check(run);
    this.#isSettled = !statementsOf(unit).some(mentionsRole);
  }

  /** Asks for the role that is in force now. */
  async check(run: Asking): Promise<void> {
    const { rows, error } = await answer<MayCaptureRow>(run, MAY_CAPTURE);
    this.#mayCapture = error === undefined && rows[0]?.[0] === true && !this.#isWithdrawn;
  }

  /** After a refusal that nobody could foresee: not until the next unit. */
  withdraw(): void {
    this.#mayCapture = false;
    this.#isSettled = false;
    this.#isWithdrawn = true;
  }
}
