import { CustomResource, type CustomResourceOptions, type Output } from '@pulumi/pulumi';
import { PLUGIN_VERSION } from './plugin.ts';

/** Sees to it that nothing stays of the stack's rehearsals; they depend on it. */
export class Teardown extends CustomResource {
  /** What dead runs left on this machine: a line for each thing. */
  declare readonly leftovers: Output<string[]>;

  constructor(name: string, options: CustomResourceOptions = {}) {
    super(
      'rehearsal:index:Teardown',
      name,
      { leftovers: undefined },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}
