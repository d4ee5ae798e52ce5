/** What `import { rehearse } from 'dress-rehearsal'` gives. */
export { rehearse, RehearseFailed, type Rehearsed, type RehearseOptions } from './rehearse.ts';
export type { Result } from '../checks/result/contract/result.ts';
