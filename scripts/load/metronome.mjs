/*
 * A thread that sleeps until the next request is due and then says so. It sleeps in Atomics.wait, which wakes within
 * 0.1 ms, where a timer of the event loop is up to 1 ms late. Plain JavaScript: a thread does not inherit the loader of
 * TypeScript.
 *
 * In: `blocks`, a port with Float64Arrays of due times (ms on CLOCK_MONOTONIC, ascending); `signal`, a counter that the
 * sender raises after each block and sets to -1 to end the thread. Out: a message when times have come, and how many.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

const ENOUGH_MS = 0.02; // shorter waits are not worth a system call
const IDLE_MS = 1000;

const { blocks, signal } = workerData;
const dues = [];
let next = 0;

const now = () => Number(process.hrtime.bigint()) / 1e6;

while (Atomics.load(signal, 0) >= 0) {
  const seen = Atomics.load(signal, 0);
  for (let block = receiveMessageOnPort(blocks); block; block = receiveMessageOnPort(blocks)) {
    dues.splice(0, next);
    next = 0;
    dues.push(...block.message);
  }
  const waitMs = next < dues.length ? dues[next] - now() : IDLE_MS;
  if (waitMs > ENOUGH_MS) Atomics.wait(signal, 0, seen, waitMs);
  const before = next;
  for (const time = now(); next < dues.length && dues[next] <= time;) next++;
  if (next > before) parentPort.postMessage(next - before);
}
blocks.close();
