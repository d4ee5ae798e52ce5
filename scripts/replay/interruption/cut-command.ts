import type { InterruptionRecord } from '../../artifacts/records/records.ts';
import type { HeldStatement } from '../../commands/session-relay.ts';
import { Random } from '../../load/chance/random.ts';
import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import { publicStatement } from '../../pg/messages/public-statement.ts';
import type { CommandStep, Cut } from '../../plan/model.ts';
import { isToolTable } from '../../probes/schema-watch/beside/tool-tables.ts';
import { sleep } from '../../shared/clock.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import { StepFailure } from '../session/step-failure.ts';
import { playCommand } from '../command/play-command.ts';
import { Backend } from './backend.ts';
import { CUT_ERRORS, firstOf, GOES_ON_MS, holdSnapshot, RUNNING_MS } from './cut-unit.ts';
import { readToolLocks } from './tool-locks.ts';

/** A command is cut off at one of so many of the first statements that change something. */
const FIRST_STATEMENTS = 3;
/** Begins a statement that changes something, anywhere in a text. */
const CHANGES =
  /(?:^|[;\n]|\*\/)\s*(?:alter|call|cluster|comment|copy|create|delete|do|drop|grant|insert|merge|refresh|reindex|revoke|security|truncate|update|vacuum)\b/i;
const CONCURRENTLY = /\bconcurrently\b/i;

/**
 * Cuts a command off at a statement that the seed draws, and runs it again as it is written. One that is over by then is as one
 * whose job was killed before anybody heard of its end: it runs again as well.
 */
export async function runCutCommand(
  how: Cut,
  step: CommandStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  const { clock, steps } = context;
  const startedMs = clock.now();
  const cut = new CommandCut(how, step, context);
  await cut.play();
  const error = { ...CUT_ERRORS[how], hint: null, file: null, line: null, excerpt: null };
  await onAttempt({ attempt: 1, tMs: cut.tMs, error, pauseMs: 0 });
  const toolLocks = await readToolLocks(context);
  const failure = await playAgain(step, context);
  const record: InterruptionRecord = {
    type: 'interruption',
    step: step.name,
    how,
    tMs: cut.tMs,
    moment: cut.moment,
    index: 0,
    attempt: 1,
    file: null,
    line: null,
    againFrom: null,
    error: failure?.error ?? null,
    failedIndex: null,
    secondAttempt: 2,
    serverWentOnMs: cut.serverWentOnMs,
    ...(cut.advisoryLocks > 0 && { advisoryLocks: cut.advisoryLocks }),
    ...(cut.down === undefined ? {} : { downs: [cut.down] }),
    command: { sql: cut.sql === undefined ? null : publicStatement(cut.sql), toolLocks },
  };
  steps.write(record);
  if (failure !== undefined) throw failure;
  const tookMs = Math.round(clock.now() - startedMs);
  return { attempts: 2, summary: `ran twice in ${tookMs} ms, cut off once`, shown: {} };
}

async function playAgain(step: CommandStep, context: StepContext): Promise<StepFailure | undefined> {
  try {
    await playCommand(step, context);
    return undefined;
  } catch (failure) {
    context.signal.throwIfAborted();
    if (!(failure instanceof StepFailure) || failure.lostConnection) throw failure;
    return failure;
  }
}

/** The first try of a command, and what became of it. */
class CommandCut {
  readonly #how: Cut;
  readonly #step: CommandStep;
  readonly #context: StepContext;
  readonly #kill = new AbortController();
  /** Statements that change something until the one that it is cut off at. */
  #left: number;
  #striking: Promise<void> | undefined;
  #held: HeldStatement | undefined;
  #isAnswered = false;
  #isReleased = false;
  #hear: () => void = () => undefined;
  /** On the run's clock. */
  tMs = 0;
  moment: InterruptionRecord['moment'] = 'done';
  serverWentOnMs: number | null = 0;
  advisoryLocks = 0;
  down: Interval | undefined;

  constructor(how: Cut, step: CommandStep, context: StepContext) {
    this.#how = how;
    this.#step = step;
    this.#context = context;
    const random = new Random(context.rehearsal.load.seed, `cut off ${how} ${step.name}`);
    this.#left = 1 + random.index(FIRST_STATEMENTS);
  }

  /** What its session had sent; undefined where it was over before. */
  get sql(): string | undefined {
    return this.#held?.sql;
  }

  /** @throws StepFailure where it fails by itself before it is cut off */
  async play(): Promise<void> {
    try {
      await playCommand(this.#step, this.#context, {
        kill: this.#kill.signal,
        holds: (sql) => this.#isTheOne(sql),
        onHeld: (held) => {
          this.#held = held;
          this.#striking = this.#strike(held);
          this.#striking.catch(() => {
            this.#kill.abort(new Error('it could not be cut off'));
            held.drop();
          });
        },
        onStatement: ({ sql }, session) => {
          if (session !== this.#held?.session || sql !== this.#held.sql) return;
          this.#isAnswered = true;
          this.#hear();
        },
        onRelease: (session) => {
          this.#isReleased = this.#isAnswered && session === this.#held?.session;
        },
      });
    } catch (error) {
      this.#context.signal.throwIfAborted();
      if (this.#striking === undefined || !(error instanceof StepFailure)) throw error;
    } finally {
      await this.#striking;
    }
    if (this.#striking === undefined) this.tMs = this.#context.clock.now();
  }

  #isTheOne(sql: string): boolean {
    if (this.#held !== undefined || !CHANGES.test(sql)) return false;
    // What a tool notes of its own work is not the work.
    if ((sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).some(isToolTable)) return false;
    this.#left -= 1;
    return this.#left === 0;
  }

  async #strike(held: HeldStatement): Promise<void> {
    const { primary, signal, clock } = this.#context;
    const { pid } = held.session;
    // Where the server's own encryption hides the session, nothing of it can be read, and nothing is held.
    if (pid === null) return;
    const backend = await Backend.of(pid, this.#context);
    let holder: PgClient | undefined;
    try {
      if (this.#how !== 'client') holder = await connect(primary, 'probe', this.#context);
      const holding = holder && CONCURRENTLY.test(held.sql) ? await holdSnapshot(holder) : undefined;
      const answered = new Promise<true>((resolve) => {
        this.#hear = () => {
          resolve(true);
        };
      });
      held.pass();
      const said = await firstOf(answered, signal, (stop) => {
        if (this.#how === 'client') return backend.busy(stop);
        return holding === undefined ? sleep(RUNNING_MS, stop) : backend.waitsFor(holding, stop);
      });
      this.moment = said === null ? 'running' : this.#isReleased ? 'done' : 'open';
      this.tMs = clock.now();
      if (this.#how === 'client') {
        this.#kill.abort(new Error('cut off on purpose'));
        held.drop();
        this.advisoryLocks = await backend.advisoryLocks();
      } else this.down = await backend.end(this.#how);
      const isGone = await backend.gone(GOES_ON_MS, signal);
      const wentOnMs = this.down === undefined ? clock.now() - this.tMs : 0;
      this.serverWentOnMs = isGone ? wentOnMs : null;
    } finally {
      if (holder) await closeQuietly(holder);
      await backend.close();
    }
  }
}
