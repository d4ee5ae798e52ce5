import type { Target } from '../contract/target.ts';
import { embeddedTarget } from './embedded/embedded-target.ts';

/** The targets that run the engine and the commands in this process's place, best first. They load in no time: no Pulumi, no SSH. */
export const targetsHere: readonly Target[] = [embeddedTarget];
