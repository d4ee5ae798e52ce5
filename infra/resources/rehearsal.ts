import { CustomResource, type CustomResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { RehearsalInputs } from './rehearsal-inputs.ts';
import type { RehearsalOutputs } from './rehearsal-outputs.ts';
import { PLUGIN_VERSION } from './plugin.ts';

type RehearsalArgs = { readonly [Name in keyof RehearsalInputs]: Input<RehearsalInputs[Name]> };

/** One rehearsal, start to tear-down, whenever its plan, its snapshot or its settings have changed. */
export class Rehearsal extends CustomResource {
  declare readonly verdict: Output<RehearsalOutputs['verdict']>;
  declare readonly worstFinding: Output<string>;
  declare readonly reportPath: Output<string>;
  declare readonly resultPath: Output<string>;
  declare readonly runId: Output<string>;
  declare readonly durationMs: Output<number>;
  declare readonly cost: Output<string>;
  declare readonly leftovers: Output<number>;
  declare readonly usedTarget: Output<string>;
  declare readonly endedAt: Output<string>;

  constructor(name: string, args: RehearsalArgs, options: CustomResourceOptions = {}) {
    const outputs: Record<keyof RehearsalOutputs, undefined> = {
      verdict: undefined,
      worstFinding: undefined,
      reportPath: undefined,
      resultPath: undefined,
      runId: undefined,
      durationMs: undefined,
      cost: undefined,
      leftovers: undefined,
      usedTarget: undefined,
      endedAt: undefined,
    };
    super(
      'rehearsal:index:Rehearsal',
      name,
      { ...outputs, ...args },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}
