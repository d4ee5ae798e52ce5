import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type {
  Availability,
  Environment,
  EnvironmentSpec,
  HereEnvironment,
  Leftover,
  Look,
  NotOurs,
  Target,
} from '../../contract/target.ts';
import { findBinaries } from '../../postgres/binaries.ts';
import { EmbeddedEnvironment } from './embedded-environment.ts';
import { canEnclose } from './enclosure/can-enclose.ts';
import { REMOVAL_MS } from './remove-run-dir.ts';
import { findLeftovers, findNotOurs } from './leftovers.ts';
import { requireServerUser } from './cell/server-user.ts';

const NAME = 'embedded';

/** PostgreSQL as processes of this machine: no root, no containers, no cloud. */
export const embeddedTarget: Target<HereEnvironment> = {
  name: NAME,
  runsCommandsHere: true,
  ofCopies: true,
  removalMs: REMOVAL_MS,

  async available(): Promise<Availability> {
    if (process.platform === 'win32') {
      return {
        available: false,
        why: 'its processes cannot be started and found again on Windows',
        remedy: 'run it inside WSL 2',
      };
    }
    try {
      const { version, origin, binDir } = await findBinaries({});
      await requireServerUser();
      return {
        available: true,
        detail: `PostgreSQL ${version} ${origin === 'npm' ? 'from npm' : `in ${binDir}`}`,
      };
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      return { available: false, why: error.message, remedy: error.hint ?? '' };
    }
  },

  confines: canEnclose,

  environment(spec: EnvironmentSpec): Environment<HereEnvironment> {
    return new EmbeddedEnvironment(spec);
  },

  async leftovers(): Promise<Look<Leftover>> {
    return { found: await findLeftovers(NAME), unseen: [] };
  },

  async notOurs(): Promise<Look<NotOurs>> {
    return { found: await findNotOurs(), unseen: [] };
  },

  /** Nothing is rented. */
  price: () => Promise.resolve(undefined),
};
