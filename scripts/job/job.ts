export { makeJob, type DriverJob, type JobContext } from './make-job.ts';
export {
  doneSchema,
  JOB_FILES,
  parseDriverLine,
  type DriverDone,
  type DriverLine,
  type Share,
} from './protocol.ts';
