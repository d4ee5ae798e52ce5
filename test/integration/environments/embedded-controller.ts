import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { specOf } from './embedded-fixture.ts';

/** A run that makes an environment, says its id, and then waits to be killed. */
const spec = specOf();
await embeddedTarget.environment(spec).up(new AbortController().signal);
process.stdout.write(`${spec.runId}\n`);
await new Promise((resolve) => setTimeout(resolve, 600_000));
