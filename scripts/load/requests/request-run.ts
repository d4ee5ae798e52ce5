import type { AppConnection } from '../app-connection.ts';
import { ScriptCursor } from '../scripts/script-cursor.ts';
import { SCRIPT_SQLSTATE, ScriptError } from '../script-error.ts';
import type { SleepCommand, SqlCommand } from '../scripts/script.ts';
import type { Choice } from '../traffic/traffic-mix.ts';
import type { WireStatement } from '../wire/frontend.ts';
import type { ClientScript, Workload } from '../traffic/workload.ts';

/** 0 = ok, a SQLSTATE, or `lost` = the connection was lost. */
export type Outcome = 0 | string;

/**
 * Runs one script after the other on a connection and leaves it clean; an error of a script is its outcome. Goes from
 * answer to answer without promises: at tens of thousands of statements a second they would cost more than the rest.
 */
export class RequestRun {
  readonly #workload: Workload;
  readonly #scripts: readonly (readonly ClientScript[])[];
  /** Statements go out without waiting for the ones before, as far as the script's commands allow it. */
  readonly #pipeline: boolean;
  #statements: readonly WireStatement[] = [];
  #cursor: ScriptCursor | undefined;
  #ended: ((outcome: Outcome) => void) | undefined;
  /** The last statement in flight. */
  #asked: SqlCommand | undefined;
  /** What comes after the flight. */
  #next: SleepCommand | undefined;
  #outcome: Outcome = 0;
  #starting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(workload: Workload, clientId: number, pipeline: boolean) {
    this.#workload = workload;
    this.#scripts = workload.forClient(clientId);
    this.#pipeline = pipeline;
  }

  /**
   * @param ended called once, not before this has returned
   * @param purpose see `Workload.scopeOf`
   */
  start(
    choice: Choice,
    connection: AppConnection,
    ended: (outcome: Outcome) => void,
    purpose = 'variables',
  ): void {
    const script = this.#scripts[choice.version]?.[choice.script];
    if (!script) throw new Error(`no script ${choice.version}/${choice.script}`);
    const scope = this.#workload.scopeOf(script, choice, purpose);
    this.#statements = script.statements;
    this.#ended = ended;
    this.#asked = undefined;
    this.#next = undefined;
    this.#outcome = 0;
    this.#starting = true;
    this.#advance(connection, (this.#cursor = new ScriptCursor(script.steps, scope)));
    this.#starting = false;
  }

  /** Forgets the request: `ended` will not be called. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#ended = undefined;
    this.#cursor = undefined;
  }

  /** Goes on behind what has been answered. */
  #advance(connection: AppConnection, cursor: ScriptCursor): void {
    try {
      this.#takeRow(connection, cursor);
      if (!this.#next) this.#fill(connection, cursor);
      if (!connection.filled) {
        this.#rest(connection, cursor);
        return;
      }
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      this.#outcome = error.sqlstate;
      if (!connection.filled) {
        this.#fail(connection, error.sqlstate);
        return;
      }
    }
    connection.send((failure) => {
      if (this.#cursor !== cursor) return;
      const outcome = failure ?? this.#outcome;
      if (outcome === 0) this.#advance(connection, cursor);
      else this.#fail(connection, outcome);
    });
  }

  /** \gset @throws ScriptError */
  #takeRow({ columns, firstRow }: AppConnection, cursor: ScriptCursor): void {
    const prefix = this.#asked?.gsetPrefix;
    this.#asked = undefined;
    if (prefix !== undefined) cursor.take(prefix, columns, firstRow);
  }

  /** With nothing to send there is a pause, or this is the end. @throws ScriptError */
  #rest(connection: AppConnection, cursor: ScriptCursor): void {
    if (this.#next) this.#pause(connection, cursor, cursor.pauseMs(this.#next));
    else if (connection.inTransaction) this.#fail(connection, SCRIPT_SQLSTATE.openTransaction);
    else this.#end(0);
  }

  /** Puts statements into the flight up to the first whose answer is needed. @throws ScriptError */
  #fill(connection: AppConnection, cursor: ScriptCursor): void {
    for (;;) {
      const command = cursor.next();
      if (command?.kind !== 'sql') {
        this.#next = command;
        return;
      }
      const statement = this.#statements[command.index];
      if (!statement) throw new Error(`no statement ${command.index}`);
      connection.add(statement, cursor.valuesOf(command));
      this.#asked = command;
      if (!this.#pipeline || command.gsetPrefix !== undefined) return;
    }
  }

  #pause(connection: AppConnection, cursor: ScriptCursor, ms: number): void {
    this.#next = undefined;
    this.#timer = setTimeout(() => {
      this.#advance(connection, cursor);
    }, ms);
  }

  #fail(connection: AppConnection, outcome: Outcome): void {
    if (connection.lost) {
      this.#end(outcome);
      return;
    }
    // A connection that cannot even roll back is of no use.
    connection.recover((failure) => {
      this.#end(failure === undefined ? outcome : 'lost');
    });
  }

  #end(outcome: Outcome): void {
    const ended = this.#ended;
    this.#ended = undefined;
    if (!ended) return;
    // A queue of requests that all end at once must not become a stack of calls.
    if (this.#starting) setImmediate(ended, outcome);
    else ended(outcome);
  }
}
