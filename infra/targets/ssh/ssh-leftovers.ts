import { asError } from '../../../scripts/shared/errors.ts';
import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import { parseHostClaim, standingOfHostClaim, type HostClaim } from '../../claims/host-claim.ts';
import { undoScript } from '../../components/undo-script.ts';
import type { Leftover, Look, NotOurs, Unseen } from '../../contract/target.ts';
import { asRootOn, scriptOf } from './on-host.ts';
import { ownHosts, type OwnHost } from './own-hosts.ts';
import { placesIn, serverUserOf } from './places.ts';

export const TARGET = 'ssh';

interface Found {
  readonly host: OwnHost;
  readonly settings: SshSettings;
  /** `/var/lib/dress-rehearsal/<run id>` */
  readonly place: string;
  readonly claim: HostClaim | undefined;
}

/** What lies in the folder of all runs on any of these hosts. */
async function findAll(all: readonly SshSettings[], signal: AbortSignal): Promise<Look<Found>> {
  const found: Found[] = [];
  const unseen: Unseen[] = [];
  const missed = (error: unknown): void => void unseen.push({ target: TARGET, why: asError(error).message });
  const seen = new Set<string>();
  await Promise.all(
    all.map(async (settings) => {
      const hosts = await ownHosts(settings).catch((error: unknown) => {
        missed(error);
        return [];
      });
      const fresh = hosts.filter(({ reach }) => {
        const key = `${reach.host} ${reach.port} ${settings.folder}`;
        return !seen.has(key) && seen.add(key);
      });
      await Promise.all(
        fresh.map(async (host) => {
          try {
            const text = await asRootOn(host, scriptOf('claims.sh', { base: settings.folder }), signal);
            found.push(...parseClaims(text).map((one) => ({ ...one, host, settings })));
          } catch (error) {
            missed(error);
          }
        }),
      );
    }),
  );
  return { found, unseen };
}

function parseClaims(text: string): Pick<Found, 'place' | 'claim'>[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', said = ''] = line.split('\t');
    const claim = parseHostClaim(said);
    const fits = claim !== undefined && place.endsWith(`/${claim.runId}`);
    return place === '' ? [] : [{ place, claim: fits ? claim : undefined }];
  });
}

/** What runs have on these hosts; what another machine's run has is in use until it expires. */
export async function sshLeftovers(
  all: readonly SshSettings[],
  signal: AbortSignal,
): Promise<Look<Leftover>> {
  const { found, unseen } = await findAll(all, signal);
  const leftovers = found.map(async ({ host, settings, place, claim }): Promise<Leftover[]> => {
    if (claim === undefined) return [];
    const { runId, expiresAt } = claim;
    return [
      {
        target: TARGET,
        runId,
        expiresAt,
        what: `${place} on ${host.name}`,
        ...(await standingOfHostClaim(claim, Date.now())),
        remove: () => undoOn(host, settings, runId),
      },
    ];
  });
  return { found: (await Promise.all(leftovers)).flat(), unseen };
}

export async function sshNotOurs(all: readonly SshSettings[], signal: AbortSignal): Promise<Look<NotOurs>> {
  const { found, unseen } = await findAll(all, signal);
  const others = found.filter(({ claim }) => claim === undefined);
  return {
    found: others.map(({ host, place }) => ({
      what: `${place} on ${host.name}`,
      why: 'it has no claim that fits it',
    })),
    unseen,
  };
}

/** Ends and removes what a run has on a host; nothing there is no error. */
export async function undoOn(host: OwnHost, { folder }: SshSettings, runId: string): Promise<void> {
  const script = undoScript(runId, placesIn(folder, runId), serverUserOf(runId));
  await asRootOn(host, script, new AbortController().signal);
}
