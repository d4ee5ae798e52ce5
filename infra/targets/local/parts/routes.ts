import { execa } from 'execa';
import { z } from 'zod';
import { ROUTE_PROTO } from './part-names.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';

/** A route to a network of hosts; its mark tells the run. */
interface MarkedRoute {
  readonly subnet: string;
  readonly mark: number;
}

const routesSchema = z.array(
  z.object({ dst: z.string(), metrics: z.array(z.object({ window: z.int().optional() })).optional() }),
);

/** Every marked route of this machine, or those with that mark. */
export async function ownRoutes(wanted?: number): Promise<MarkedRoute[]> {
  const args = ['-4', '-j', 'route', 'show', 'proto', String(ROUTE_PROTO), 'type', 'unreachable'];
  const { stdout, exitCode } = await execa('ip', args, {
    reject: false,
    timeout: 10_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  if (exitCode !== 0) return [];
  return routesSchema.parse(JSON.parse(stdout || '[]')).flatMap(({ dst, metrics }) => {
    const mark = metrics?.[0]?.window;
    return mark === undefined || (wanted !== undefined && mark !== wanted) ? [] : [{ subnet: dst, mark }];
  });
}
