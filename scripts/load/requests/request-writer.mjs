/*
 * A thread that makes lines of JSON out of numbers and appends them to requests.ndjson. Plain JavaScript: a thread does not
 * inherit the loader of TypeScript.
 *
 * In: `outcome`, the text behind the next code (0 is ok); `rows`, a Float64Array with four times on the monotonic clock,
 * then the indexes of version and script, then the code of the outcome and the backend's process id; `close` ends the thread when all is written.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { path, zeroMs, columns } = workerData;
const TIMES = 4;

const file = openSync(path, 'a');
const outcomes = ['0'];

const time = (ms) => Math.round((ms - zeroMs) * 1000) / 1000;

function write(rows) {
  let text = '';
  for (let at = 0; at < rows.length; at += columns) {
    text += '[';
    for (let column = 0; column < TIMES; column++) text += `${time(rows[at + column])},`;
    text += `${rows[at + 4]},${rows[at + 5]},${outcomes[rows[at + 6]]},${rows[at + 7]}]\n`;
  }
  const bytes = Buffer.from(text);
  // Several processes may append to the file: whole lines only, in one call unless the disk is full.
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

parentPort.on('message', (message) => {
  if (message.type === 'rows') write(message.rows);
  else if (message.type === 'outcome') outcomes.push(JSON.stringify(message.outcome));
  else {
    closeSync(file);
    parentPort.close();
  }
});
