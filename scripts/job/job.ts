export { makeJob, type DriverJob, type JobContext } from './make-job.ts';
export { doneSchema, parseDriverLine, type DriverDone, type DriverLine } from './protocol.ts';
