import { ComponentResource, output, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { TargetSettings } from '../../scripts/plan/model.ts';
import { targetsInto } from '../../scripts/plan/read/settings/read-targets.ts';
import { readWhole } from '../../scripts/load/read-whole.ts';
import { PROJECT_ROOT } from '../project-root.ts';
import type { RehearsalOutputs } from '../resources/rehearsal-outputs.ts';
import { rehearsalArgs } from './rehearsal-args.ts';
import { Rehearsal as RehearsalResource } from '../resources/rehearsal.ts';
import { Teardown } from '../resources/teardown.ts';

export interface RehearsalArgs {
  /** The rehearsal's folder or name, from the Pulumi project's folder. */
  readonly dir: string;
  /** `auto` without it. */
  readonly target?: string;
  /** As `targets` in rehearsal.yaml; it wins over what the rehearsal says. */
  readonly targets?: TargetSettings;
  /** How long the hosts stay up afterwards, such as `30m`. */
  readonly keep?: string;
  /** Folder for run folders. */
  readonly out?: string;
  /** It is stopped and torn down after this, such as `1h`. */
  readonly timeout?: string;
}

/**
 * One rehearsal in a Pulumi program of your own: it is rehearsed when its plan, its snapshot or its settings have changed, and
 * the update fails where the verdict is neither `pass` nor `nothing-new` (a plan by `migrations` that has none to rehearse); so what is to wait for it says `dependsOn` or uses one of its outputs.
 */
export class Rehearsal extends ComponentResource {
  readonly verdict: Output<RehearsalOutputs['verdict']>;
  readonly worstFinding: Output<string>;
  /** Path from the Pulumi project's folder. */
  readonly report: Output<string>;
  readonly runId: Output<string>;

  constructor(name: string, args: RehearsalArgs, options: ComponentResourceOptions = {}) {
    super('dress-rehearsal:index:Rehearsal', name, {}, options);
    const { dir, target = 'auto', targets: said, ...rest } = args;
    const targets = said === undefined ? undefined : JSON.stringify(said);
    const settings = { ...rest, ...(targets === undefined ? {} : { targets }) };
    const inputs = output(
      readWhole(dir, { cwd: PROJECT_ROOT, env: targetsInto(process.env, targets) }).then((rehearsal) =>
        rehearsalArgs(rehearsal, { rehearsals: [dir], target, ...settings }),
      ),
    );
    const teardown = new Teardown(`${name}-teardown`, { parent: this });
    const { rehearsal, steps, files, snapshot, settings: facts } = inputs;
    const resource = new RehearsalResource(
      `${name}-run`,
      { ...settings, dir: inputs.dir, target, rehearsal, steps, files, snapshot, settings: facts },
      { parent: this, dependsOn: teardown },
    );
    this.verdict = resource.verdict;
    this.worstFinding = resource.worstFinding;
    this.report = resource.reportPath;
    this.runId = resource.runId;
    const { verdict, worstFinding, report, runId } = this;
    this.registerOutputs({ verdict, worstFinding, report, runId });
  }
}
