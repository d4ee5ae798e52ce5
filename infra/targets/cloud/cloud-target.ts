import type { CloudName } from '../../clouds/cloud.ts';
import type { DriverEnvironment, Target } from '../../contract/target.ts';
import { pulumiTarget } from '../../pulumi/pulumi-target.ts';
import { cloudHostTarget } from './cloud-host-target.ts';
import type { CloudSettings } from '../../../scripts/plan/schema/targets/clouds.ts';

/** Hosts rented by the hour, made by Pulumi. */
export function cloudTarget(name: CloudName, settings: CloudSettings = {}): Target<DriverEnvironment> {
  return pulumiTarget(cloudHostTarget(name, settings));
}
