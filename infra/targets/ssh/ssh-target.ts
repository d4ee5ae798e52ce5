import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import type { DriverEnvironment, Target } from '../../contract/target.ts';
import { pulumiTarget } from '../../pulumi/pulumi-target.ts';
import { sshHostTarget } from './ssh-host-target.ts';

/** Hosts of one's own by SSH: a cluster, a folder and a user of the run's on each, and none of it afterwards. */
export function sshTarget(settings: SshSettings | undefined): Target<DriverEnvironment> {
  return pulumiTarget(sshHostTarget(settings));
}
