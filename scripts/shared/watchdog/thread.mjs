// The thread that notices when the main thread stands still: it says where, has the run taken down, and ends the process.
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';

const TICK_MS = 500;
/** Where even an interrupt of JavaScript does not get through, the main thread is in native code. */
const PAUSE_MS = 3_000;
const TEARDOWN_MS = 120_000;
const FRAMES = 8;
const BUG = 1;

const { beats, stillMs, reap } = workerData;
const beat = new Int32Array(beats);

let seen = 0;
let ticks = 0;
let endedBy;

// Counting own ticks instead of time: a machine that slept, or that has no time for us, stops both.
const timer = setInterval(() => {
  const now = Atomics.load(beat, 0);
  ticks = now === seen ? ticks + 1 : 0;
  seen = now;
  if (ticks * TICK_MS < stillMs || endedBy !== undefined) return;
  clearInterval(timer);
  endedBy = whereItStands().then(end);
}, TICK_MS);

/** The main thread's stack, outermost last, stopped where it is; undefined where it cannot be stopped. */
async function whereItStands() {
  const session = new Session();
  try {
    session.connectToMainThread();
    const paused = new Promise((resolve) =>
      session.once('Debugger.paused', ({ params }) => resolve(params.callFrames)),
    );
    session.post('Debugger.enable');
    session.post('Debugger.pause');
    let limit;
    const late = new Promise((resolve) => (limit = setTimeout(resolve, PAUSE_MS)));
    const frames = await Promise.race([paused, late]);
    clearTimeout(limit);
    return { session, frames };
  } catch {
    return { session, frames: undefined };
  }
}

function end({ session, frames }) {
  const stack = (frames ?? []).slice(0, FRAMES).map(({ functionName, url, location }) => {
    return `  at ${functionName || '(anonymous)'} (${url.replace('file://', '')}:${location.lineNumber + 1})`;
  });
  say(`error STALLED: rehearse stood still for ${stillMs / 1000} s and was ended`);
  say(stack.length > 0 ? stack.join('\n') : '  in native code');
  takeDown();
  say('hint: this is a bug in rehearse; report what stands above, and the input if it can be shown');
  const frame = frames?.[0]?.callFrameId;
  // A process that is stopped in JavaScript can be told its exit code; any other can only be killed.
  if (frame !== undefined) {
    session.post('Debugger.evaluateOnCallFrame', {
      callFrameId: frame,
      expression: `process.reallyExit(${BUG})`,
    });
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), PAUSE_MS);
  } else process.kill(process.pid, 'SIGKILL');
}

/** What this process started is removed by a fresh one, which must not carry the marks of the run that it removes. */
function takeDown() {
  const { REHEARSE_RUN_ID: runId, REHEARSE_OWNER: _, NODE_OPTIONS: __, ...env } = process.env;
  if (reap === undefined || runId === undefined) return;
  say(`taking down ${runId}`);
  const [program, ...args] = [...reap, '--run', runId, '--execute'];
  const { status } = spawnSync(program, args, { env, stdio: ['ignore', 2, 2], timeout: TEARDOWN_MS });
  if (status !== 0) say(`rehearse reap --run ${runId} --execute removes what is left`);
}

function say(text) {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody reads any more.
  }
}
