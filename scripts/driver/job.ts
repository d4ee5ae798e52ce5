export { makeJob, type DriverJob, type JobContext } from './make-job.ts';
export {
  doneSchema,
  JOB_FILES,
  jobSchema,
  parseDriverLine,
  type DriverDone,
  type DriverLine,
  type Job,
} from './protocol.ts';
