import { pulumiTarget } from '../../pulumi/pulumi-target.ts';
import { localHostTarget } from './local-host-target.ts';

/** Temporary Linux hosts of namespaces on this machine, made by Pulumi: own addresses, own SSH, own limits. */
export const localTarget = pulumiTarget(localHostTarget);
